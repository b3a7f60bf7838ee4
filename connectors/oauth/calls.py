"""Calls to identity providers: short, few at a time, and never longer altogether than a user waits.

A provider that is down or slow costs a web thread a few seconds at most, and other ways in always find a thread free.
"""

import json
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Condition
from typing import Any
from urllib.parse import urlsplit

from common.errors import AppError
from common.http import OutboundRequestError, Response, TimedOutError, fetch
from tenants.context import current_tenant_id

# Seconds: for each phase of a call, for the whole of it, and for all calls of one sign-in.
TIMEOUT = 4.0
LONGEST_CALL = 5.0
LONGEST_SIGN_IN = 10.0

MAX_BYTES = 256_000

# A process serves with eight threads unless it is told otherwise (`WEB_THREADS`).
_MOST_CALLS = 5
_MOST_CALLS_OF_HOST = 3
_MOST_CALLS_OF_TENANT = 3
# Seconds for which a call waits until others have ended, and how many may wait: each keeps a thread.
_PATIENCE = 1.0
_MOST_WAITING = 2

_LONGEST_PROVIDER_TEXT = 256
_SERVER_ERROR = 500
_UNAUTHORIZED = (401, 403)
# Of these the transport has its own.
_OWN_HEADERS = frozenset({"host", "connection", "accept-encoding", "content-length"})

_deadline: ContextVar[float | None] = ContextVar("sign_in_deadline", default=None)
_places = Condition()
_running: Counter[str] = Counter()
_WAITING = "waiting"


@contextmanager
def time_limit(seconds: float = LONGEST_SIGN_IN) -> Iterator[None]:
    """Bound all calls of the block together; inside of another block that one's bound holds."""
    if _deadline.get() is not None:
        yield
        return
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def _time_left() -> float:
    deadline = _deadline.get()
    left = LONGEST_CALL if deadline is None else min(LONGEST_CALL, deadline - time.monotonic())
    if left <= 0:
        raise AppError("connector.timed_out")
    return left


@contextmanager
def _place(url: str) -> Iterator[None]:
    bounds = {
        "": _MOST_CALLS,
        f"host {urlsplit(url).netloc}": _MOST_CALLS_OF_HOST,
        f"tenant {current_tenant_id()}": _MOST_CALLS_OF_TENANT,
    }
    with _places:
        _wait_for(bounds)
        _running.update(bounds.keys())
    try:
        yield
    finally:
        with _places:
            _give_back(bounds.keys())
            _places.notify_all()


def _wait_for(bounds: Mapping[str, int]) -> None:
    """Wait for a place of every bound; raises `connector.timed_out` (503) if too many wait, or none comes free."""

    def is_free() -> bool:
        return all(_running[key] < most for key, most in bounds.items())

    if is_free():
        return
    busy = AppError("connector.timed_out", status=503)
    if _running[_WAITING] >= _MOST_WAITING:
        raise busy
    _running.update([_WAITING])
    try:
        if not _places.wait_for(is_free, _PATIENCE):
            raise busy
    finally:
        _give_back([_WAITING])


def _give_back(keys: Collection[str]) -> None:
    _running.subtract(keys)
    for key in keys:
        if not _running[key]:
            del _running[key]


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    data: Mapping[str, str] | None = None,
    body: object = None,
    max_bytes: int = MAX_BYTES,
) -> Response:
    """Send one request to a provider and return its answer, whatever its status. `body` is sent as JSON.

    Raises `connector.timed_out` if the provider, or a place among the calls that run, takes too long, and
    `connector.general` if it cannot be reached.
    """
    kept = {name: value for name, value in (headers or {}).items() if name.lower() not in _OWN_HEADERS}
    with _place(url):
        left = _time_left()
        try:
            return fetch(
                method,
                url,
                headers={"Accept": "application/json", "User-Agent": "Gatehouse"} | kept,
                content=content,
                data=data,
                json=body,
                timeout=min(TIMEOUT, left),
                longest=left,
                max_bytes=max_bytes,
            )
        except TimedOutError as error:
            raise AppError("connector.timed_out") from error
        except OutboundRequestError as error:
            raise AppError("connector.general", data={"reason": provider_text(str(error))}) from error


def provider_text(value: Any) -> str:
    """Return a provider's words in a form that may be shown: one short printable line."""
    text = value if isinstance(value, str) else ""
    return "".join(sign if sign.isprintable() else " " for sign in text[:_LONGEST_PROVIDER_TEXT]).strip()


def provider_error(code: str, answer: Mapping[str, Any]) -> AppError:
    """Return an error with what the provider says of it: `data` is `{error, errorDescription?}` (RFC 6749 5.2)."""
    error, description = answer.get("error"), answer.get("error_description")
    if isinstance(error, Mapping):
        description = error.get("message")
        error = error.get("type") or error.get("code")
    told = {"error": provider_text(error) or "unknown"}
    if description := provider_text(description):
        told["errorDescription"] = description
    return AppError(code, data=told)


def read_json(text: bytes | str) -> Any:
    """Return what JSON text says; raises `connector.invalid_response`."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AppError("connector.invalid_response") from error


def read_object(answer: Response) -> dict[str, Any]:
    """Return the JSON object of an answer of any status; raises `connector.invalid_response`."""
    found = read_json(answer.body)
    if not isinstance(found, dict):
        raise AppError("connector.invalid_response")
    return found


def get_json(url: str, *, access_token: str = "", headers: Mapping[str, str] | None = None) -> Any:
    """Return the JSON that a provider's API has at an address.

    Raises `connector.social_invalid_access_token` if it refuses the token, `connector.general` for any other answer
    than 200, `connector.invalid_response` if it is no JSON, and what `call` raises.
    """
    authorization = {"Authorization": f"Bearer {access_token}"} if access_token else {}
    answer = call("GET", url, headers={**authorization, **(headers or {})})
    if answer.status in _UNAUTHORIZED and access_token:
        raise AppError("connector.social_invalid_access_token")
    if answer.status != 200:
        raise AppError("connector.general", data={"reason": f"status {answer.status}"})
    return read_json(answer.body)


def get_object(url: str, *, access_token: str = "", headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object at an address; raises as `get_json` does."""
    found = get_json(url, access_token=access_token, headers=headers)
    if not isinstance(found, dict):
        raise AppError("connector.invalid_response")
    return found
