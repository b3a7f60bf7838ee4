"""A provider's HTTP API: one request, one answer, and why a message was not taken."""

import base64
import json as json_format
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.http import OutboundRequestError, Response, fetch
from connectors.failures import DeliveryError, FailureKind, in_one_line

# Seconds for the whole exchange: whoever tests a connector waits for it.
_LONGEST = 20.0
_MAX_ANSWER_BYTES = 256 * 1024

# Worth another try: the same message may be taken later on.
_TRANSIENT = frozenset({FailureKind.RATE_LIMITED, FailureKind.PROVIDER_UNAVAILABLE})
_KIND_OF_STATUS = {
    401: FailureKind.CREDENTIALS_REFUSED,
    402: FailureKind.ACCOUNT_LIMITED,
    403: FailureKind.CREDENTIALS_REFUSED,
    408: FailureKind.PROVIDER_UNAVAILABLE,
    429: FailureKind.RATE_LIMITED,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered; `body` is its JSON, `None` if it is none."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: Any

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def find(self, *path: str | int) -> Any:
        """Return a member of the JSON, or `None` if a part of its path is missing or of another type."""
        found = self.body
        for key in path:
            if isinstance(key, int):
                found = found[key] if isinstance(found, list) and len(found) > key else None
            else:
                found = found.get(key) if isinstance(found, dict) else None
        return found


def read_answer(response: Response) -> Answer:
    """Return a response with its JSON read."""
    try:
        body = json_format.loads(response.text)
    except (ValueError, RecursionError):
        body = None
    return Answer(response.status, response.headers, response.text, body)


def call(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    json: object = None,
    data: Mapping[str, str] | None = None,
    content: bytes | None = None,
    longest: float = _LONGEST,
) -> Answer:
    """Post to a provider and return its answer, of any status; raises `DeliveryError` if there is none."""
    return read_answer(
        send_request("POST", url, headers=headers, json=json, data=data, content=content, longest=longest)
    )


def send_request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    json: object = None,
    data: Mapping[str, str] | None = None,
    content: bytes | None = None,
    longest: float = _LONGEST,
) -> Response:
    """Send one request with the bounds of a provider; raises `DeliveryError` if there is no answer."""
    try:
        return fetch(
            method,
            url,
            headers=headers,
            json=json,
            data=data,
            content=content,
            longest=longest,
            max_bytes=_MAX_ANSWER_BYTES,
        )
    except OutboundRequestError as error:
        raise DeliveryError.from_outbound(error) from None


def basic_auth(user: str, password: str) -> dict[str, str]:
    """Return the header of RFC 7617."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")}


def refusal(
    status: int,
    *,
    code: object = None,
    words: object = None,
    kinds: Mapping[str, FailureKind] | None = None,
    otherwise: FailureKind | None = None,
) -> DeliveryError:
    """Return why a provider did not take a message.

    `kinds` are by the provider's own code; a code like `Throttling.User` is also looked for as `Throttling`. Without
    one it is the status that says why, or `otherwise` for codes of a provider that refuses with a status of 200.
    """
    name = "" if code is None else str(code)
    known = kinds or {}
    kind = known.get(name) or known.get(name.partition(".")[0]) or (name and otherwise) or _kind_of_status(status)
    said = in_one_line(": ".join(filter(None, (f"{status} {name}".strip(), str(words or "")))))
    return DeliveryError(kind, said, permanent=kind not in _TRANSIENT)


def _kind_of_status(status: int) -> FailureKind:
    if status in _KIND_OF_STATUS:
        return _KIND_OF_STATUS[status]
    if status >= 500:
        return FailureKind.PROVIDER_UNAVAILABLE
    # What is neither a refusal nor an error is no answer of this API: perhaps the address is another's.
    return FailureKind.MESSAGE_REFUSED if status >= 400 else FailureKind.UNEXPECTED_ANSWER
