"""One request to an endpoint, and what came of it. Touches no row, and runs on any thread."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.clock import now, to_seconds
from common.http import OutboundRequestError, Response, fetch
from events.webhooks.signing import signature_headers

#: Seconds for the whole of a request.
TIME_LIMIT = 10.0
#: Of the body of an answer, so much is kept.
MAX_ANSWER = 4096
_USER_AGENT = "Gatehouse"
_LONGEST_WAIT = 3600


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: `status` is 0 if there was no answer, `error` says why; `wait` is what it asks for.

    `duration` is in milliseconds, `wait` in seconds.
    """

    status: int = 0
    answer: str = ""
    error: str = ""
    duration: int = 0
    wait: int = 0

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint says that it is there no more (RFC 9110 section 15.5.11)."""
        return self.status == 410


def send(config: Mapping[str, Any], keys: Sequence[str], *, message_id: str, body: str) -> Outcome:
    """Post a message to an endpoint, signed with every key."""
    content = body.encode()
    own = {name.lower(): value for name, value in (config.get("headers") or {}).items()}
    signatures = signature_headers(keys, content, message_id=message_id, timestamp=to_seconds(now()))
    headers = {"user-agent": _USER_AGENT, **own, "content-type": "application/json", **signatures}
    started = time.monotonic()
    try:
        answer = fetch(
            "POST",
            config["url"],
            headers=headers,
            content=content,
            timeout=TIME_LIMIT,
            longest=TIME_LIMIT,
            max_bytes=MAX_ANSWER,
            cuts_off=True,
        )
    except OutboundRequestError as error:
        return Outcome(error=str(error)[:256], duration=_since(started))
    reason = "" if 200 <= answer.status < 300 else f"the endpoint answered {answer.status}"
    return Outcome(answer.status, _text(answer), reason, _since(started), wait_of(answer))


def _since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)


def _text(answer: Response) -> str:
    return answer.text.replace("\x00", "")


def wait_of(answer: Response) -> int:
    """Return the seconds that an answer asks to be left alone for, an hour at most (RFC 9110 section 10.2.3).

    0 if it says nothing, or a date.
    """
    asked = answer.headers.get("retry-after", "")
    return min(int(asked), _LONGEST_WAIT) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
