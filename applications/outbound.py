"""Calls to addresses that clients name: never on a thread that serves, few at a time, and each of them short.

A client may be anybody. A call is made by a small pool of threads; the request that needs it waits for a moment, if few
others do, and is otherwise told to come back. What a call gives is kept by the caller's own function, also if nobody
waits for it any more.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

from applications.call_pool import CallPool, PoolFullError
from common.http import OutboundRequestError, Response, fetch
from common.oauth.errors import OAuthError
from tenants.context import current_tenant_id

T = TypeVar("T")

# Seconds for each phase of a call, and for the whole of it.
_TIMEOUT = 3.0
_LONGEST = 5.0

# Seconds for which a request waits, and how many may at once in a process: most threads stay free, whatever is slow.
_PATIENCE = 1.0
_MOST_WAITING = 2
_MOST_WAITING_OF_TENANT = 1

# Seconds after which whoever was sent away may find that the call has been made.
_RETRY_AFTER = 2

_pool = CallPool(threads=8, threads_of_tenant=2, places=64, places_of_tenant=16)
_waiting: Counter[str] = Counter()
_waiting_lock = Lock()


def still_calling() -> OAuthError:
    """The answer to a request that needs what a client's address has not given yet."""
    return OAuthError(
        "temporarily_unavailable",
        "the client's address is being asked and has not answered yet, try again",
        status=503,
        headers={"Retry-After": str(_RETRY_AFTER)},
    )


@contextmanager
def _waiting_place(tenant_id: str) -> Iterator[bool]:
    with _waiting_lock:
        has_place = _waiting.total() < _MOST_WAITING and _waiting[tenant_id] < _MOST_WAITING_OF_TENANT
        if has_place:
            _waiting[tenant_id] += 1
    try:
        yield has_place
    finally:
        if has_place:
            with _waiting_lock:
                _waiting[tenant_id] -= 1
                if not _waiting[tenant_id]:
                    del _waiting[tenant_id]


def _result_of(future: "Future[Any]", tenant_id: str) -> Any:
    with _waiting_place(tenant_id) as has_place:
        try:
            return future.result(_PATIENCE if has_place else 0)
        except TimeoutError:
            return None


def ask_client(
    url: str, *, max_bytes: int, is_unverified: bool, then: Callable[[Response | OutboundRequestError], T]
) -> T | None:
    """GET JSON from an address that a client names, hand it (or why there is none) to `then`, and return its result.

    `None` if that has not happened within a second: it will, on another thread, so `then` keeps what it finds, uses no
    database and reads nothing of the request. A call that is under way is not made twice. A client that nobody here has
    checked leads us to no private host, not even to one that connectors may reach.
    """

    def call() -> T:
        try:
            answer: Response | OutboundRequestError = fetch(
                "GET",
                url,
                headers={"Accept": "application/json"},
                timeout=_TIMEOUT,
                longest=_LONGEST,
                max_bytes=max_bytes,
                for_anybody=is_unverified,
            )
        except OutboundRequestError as error:
            answer = error
        return then(answer)

    tenant_id = current_tenant_id()
    try:
        future = _pool.submit(tenant_id, (url, max_bytes, is_unverified), call)
    except PoolFullError:
        return None
    result: T | None = _result_of(future, tenant_id)
    return result
