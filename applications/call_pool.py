"""Threads that make slow calls, so that those which serve need not: few of them, shared fairly between tenants.

A tenant has a bounded part of the threads and of the queue. Each thread takes from the tenant that has waited longest
for a turn, so that nobody's long queue keeps another tenant's call from the next free thread.
"""

import logging
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Any

logger = logging.getLogger(__name__)


class PoolFullError(Exception):
    """The queue takes no more calls, at least none of this tenant."""


@dataclass(slots=True)
class _Queued:
    key: Hashable
    call: Callable[[], Any]
    future: "Future[Any]" = field(default_factory=Future)


class CallPool:
    """Calls are named by a key: who asks for one that is waiting or under way gets that one's future."""

    def __init__(self, *, threads: int, threads_of_tenant: int, places: int, places_of_tenant: int) -> None:
        self._most_threads = threads
        self._threads_of_tenant = threads_of_tenant
        self._places, self._places_of_tenant = places, places_of_tenant
        # Who is first here has waited longest for a turn.
        self._queues: OrderedDict[str, deque[_Queued]] = OrderedDict()
        self._calls: dict[tuple[str, Hashable], Future[Any]] = {}
        self._under_way: Counter[str] = Counter()
        self._threads = self._idle = 0
        self._changed = Condition()

    def submit(self, tenant_id: str, key: Hashable, call: Callable[[], Any]) -> "Future[Any]":
        """Let `call` be made, in the caller's context variables; raises `PoolFullError`."""
        with self._changed:
            if (known := self._calls.get((tenant_id, key))) is not None:
                return known
            waiting = sum(map(len, self._queues.values()))
            if waiting >= self._places or len(self._queues.get(tenant_id, ())) >= self._places_of_tenant:
                raise PoolFullError
            context = copy_context()
            queued = _Queued(key, lambda: context.run(call))
            self._queues.setdefault(tenant_id, deque()).append(queued)
            self._calls[tenant_id, key] = queued.future
            if self._idle <= waiting and self._threads < self._most_threads:
                self._threads += 1
                Thread(target=self._work, name=f"client-calls-{self._threads}", daemon=True).start()
            self._changed.notify()
            return queued.future

    def _take(self) -> tuple[str, _Queued]:
        """Wait for a call that may be made now."""
        with self._changed:
            while True:
                for tenant_id, queue in self._queues.items():
                    if self._under_way[tenant_id] < self._threads_of_tenant:
                        queued = queue.popleft()
                        del self._queues[tenant_id]
                        if queue:
                            self._queues[tenant_id] = queue
                        self._under_way[tenant_id] += 1
                        return tenant_id, queued
                self._idle += 1
                self._changed.wait()
                self._idle -= 1

    def _work(self) -> None:
        while True:
            tenant_id, queued = self._take()
            try:
                queued.future.set_result(queued.call())
            except Exception as error:  # noqa: BLE001 - the edge of the thread: who waits for the call gets it
                queued.future.set_exception(error)
                logger.warning("a call failed: %s", type(error).__name__)
            with self._changed:
                del self._calls[tenant_id, queued.key]
                self._under_way[tenant_id] -= 1
                if not self._under_way[tenant_id]:
                    del self._under_way[tenant_id]
