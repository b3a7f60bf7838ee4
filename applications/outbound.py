"""Calls to addresses that clients name: few at a time in a process, fewer for one tenant, and each of them short.

A client may be anybody. However many slow addresses a tenant's clients name, most threads stay free for everybody else,
and other tenants' clients can still be called. Nobody waits for a place: who finds none is refused or goes on with what
is known.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from common.http import OutboundRequestError, Response, fetch
from tenants.context import current_tenant_id

# Seconds for each phase of a call, and for the whole of it.
_TIMEOUT = 3.0
_LONGEST = 5.0

_MOST_CALLS = 4
_MOST_CALLS_OF_TENANT = 2
_under_way: Counter[str] = Counter()
_under_way_lock = Lock()


class TooManyCallsError(OutboundRequestError):
    """As many calls are under way as may be; nothing was sent."""


@contextmanager
def _place(tenant_id: str) -> Iterator[None]:
    with _under_way_lock:
        if _under_way.total() >= _MOST_CALLS or _under_way[tenant_id] >= _MOST_CALLS_OF_TENANT:
            raise TooManyCallsError("too many calls are under way")
        _under_way[tenant_id] += 1
    try:
        yield
    finally:
        with _under_way_lock:
            _under_way[tenant_id] -= 1
            if not _under_way[tenant_id]:
                del _under_way[tenant_id]


def get_from_client(url: str, *, max_bytes: int, is_unverified: bool) -> Response:
    """Return what an address named by a client answers to a GET for JSON.

    A client that nobody here has checked leads us to no private host, not even to one that connectors may reach. Raises
    `OutboundRequestError` as `fetch` does, and `TooManyCallsError`.
    """
    with _place(current_tenant_id()):
        return fetch(
            "GET",
            url,
            headers={"Accept": "application/json"},
            timeout=_TIMEOUT,
            longest=_LONGEST,
            max_bytes=max_bytes,
            for_anybody=is_unverified,
        )
