"""The one failure of SAML messages."""

from typing import Literal

Reason = Literal[
    "algorithm",
    "audience",
    "encryption",
    "expired",
    "in_response_to",
    "issuer",
    "malformed",
    "recipient",
    "replayed",
    "signature",
    "status",
    "too_large",
]


class SamlError(Exception):
    """A message that is not accepted. `reason` is stable; `detail` may be shown to a developer, never to a user.

    `replayed` is for callers, who keep the ids of what they took.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail
