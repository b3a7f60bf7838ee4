"""Costly hashes wait in a short queue that tenants share fairly."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from identity.passwords.queue import HashQueue
from tenants.context import enter_tenant
from tenants.rate_limits import TooManyRequestsError


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def _enter(pool: ThreadPoolExecutor, queue: HashQueue, tenant: str, done: Event, order: list[str]) -> Future[None]:
    def work() -> None:
        with enter_tenant(tenant), queue.turn():
            order.append(tenant)
            done.wait(5)

    held = queue._running.total() + len(queue._waiting)
    future = pool.submit(work)
    while queue._running.total() + len(queue._waiting) == held and not future.done() and not _swapped(queue, tenant):
        pass
    return future


def _swapped(queue: HashQueue, tenant: str) -> bool:
    return any(waiter.tenant == tenant for waiter in list(queue._waiting))


def test_who_finds_no_place_is_refused_at_once(pool: ThreadPoolExecutor) -> None:
    """Waiting requests held every thread of the web server, and other tenants' tokens took 545 ms instead of 44."""
    queue, done, order = HashQueue(slots=1, places=2), Event(), list[str]()
    first = _enter(pool, queue, "acme", done, order)
    second = _enter(pool, queue, "acme", done, order)
    with enter_tenant("acme"), pytest.raises(TooManyRequestsError) as refusal, queue.turn():
        pass
    assert refusal.value.headers == {"Retry-After": "1"}
    done.set()
    first.result(5)
    second.result(5)
    assert order == ["acme", "acme"]


def test_another_tenant_gets_the_place_of_the_greedy_ones_latest(pool: ThreadPoolExecutor) -> None:
    queue, done, order = HashQueue(slots=1, places=3), Event(), list[str]()
    greedy = [_enter(pool, queue, "acme", done, order) for _ in range(3)]
    other = _enter(pool, queue, "globex", done, order)
    with pytest.raises(TooManyRequestsError):
        greedy[2].result(5)
    done.set()
    for future in (greedy[0], greedy[1], other):
        future.result(5)
    assert sorted(order) == ["acme", "acme", "globex"]


def test_nobody_waits_for_ever(pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("identity.passwords.queue.PATIENCE", 0.01)
    queue, done, order = HashQueue(slots=1, places=5), Event(), list[str]()
    first = _enter(pool, queue, "acme", done, order)
    with enter_tenant("acme"), pytest.raises(TooManyRequestsError), queue.turn():
        pass
    done.set()
    first.result(5)
    with enter_tenant("acme"), queue.turn():
        order.append("again")
    assert order == ["acme", "again"]
