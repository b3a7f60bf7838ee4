"""What every kind of captcha does: verify a token, say what the page needs, and check its own configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from common.shapes import Members

#: What widgets call the step that they protect; providers say it back.
ACTION = "interaction"
#: The longest token, in characters: Google's have some thousands.
MAX_CAPTCHA = 16_384


class CaptchaRefusedError(Exception):
    """A token does not count; the text says why, for the audit log."""


class CaptchaUnavailableError(CaptchaRefusedError):
    """Whether a token counts could not be found out: its provider does not answer, or refuses our keys."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A token, and who brings it. `hosts` are those that the page with the widget may be on."""

    token: str
    hosts: frozenset[str]
    ip: str = ""
    user_agent: str = ""

    def assert_made_here(self, *, host: Any, action: Any, needs_action: bool) -> None:
        """Raise `CaptchaRefusedError` for a token that was made on another page than ours, or for another step."""
        if not isinstance(host, str) or host not in self.hosts:
            raise CaptchaRefusedError("hostname-mismatch")
        if action != ACTION and (needs_action or action):
            raise CaptchaRefusedError("action-mismatch")


class Script(NamedTuple):
    """A provider's script, and what a page's policy has to admit for it: directive -> sources."""

    source: str = ""
    admits: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Passed(NamedTuple):
    """A token that counts. It has to be remembered by its digest until then, so that it counts once."""

    digest: str
    expires_at: datetime


class CaptchaKind(Protocol):
    """One kind of captcha. Configurations are validated by `shape` before they get here."""

    type: str
    shape: Members
    #: Members of the configuration that the console never shows again.
    secrets: frozenset[str]

    def completed(self, config: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is stored for a new configuration; `stored` is the one of the same kind before, or empty."""

    def public(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return what anybody may know of a configuration: the page needs it."""

    def script(self, config: Mapping[str, Any]) -> Script:
        """Return what the page loads besides our own script."""

    def challenge(self, config: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a new challenge for a browser; `None` if the provider has those itself."""

    def verify(self, config: Mapping[str, Any], attempt: Attempt) -> Passed:
        """Return a token that counts; raises `CaptchaRefusedError` for any other. May call the provider."""

    def check(self, config: Mapping[str, Any]) -> None:
        """Raise `CaptchaUnavailableError` if tokens cannot be verified with a configuration. May call the provider."""
