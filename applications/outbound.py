"""Calls to addresses that clients name: few at a time in a process, and each of them short.

A client may be anybody. However many slow addresses are named, most workers stay free for everybody else.
"""

from threading import BoundedSemaphore

from common.http import OutboundRequestError, Response, fetch

# Seconds for each phase of a call, for the whole of it, and to wait for the others to end.
_TIMEOUT = 3.0
_LONGEST = 5.0
_PATIENCE = 1.0

_AT_ONCE = 4
_calls = BoundedSemaphore(_AT_ONCE)


class TooManyCallsError(OutboundRequestError):
    """As many calls are under way as may be; nothing was sent."""


def get_from_client(url: str, *, max_bytes: int, is_unverified: bool) -> Response:
    """Return what an address named by a client answers to a GET for JSON.

    A client that nobody here has checked leads us to no private host, not even to one that connectors may reach. Raises
    `OutboundRequestError` as `fetch` does, and `TooManyCallsError`.
    """
    if not _calls.acquire(timeout=_PATIENCE):
        raise TooManyCallsError("too many calls are under way")
    try:
        return fetch(
            "GET",
            url,
            headers={"Accept": "application/json"},
            timeout=_TIMEOUT,
            longest=_LONGEST,
            max_bytes=max_bytes,
            for_anybody=is_unverified,
        )
    finally:
        _calls.release()
