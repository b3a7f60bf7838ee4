"""A tenant's share of a worker's threads, in tasks that wait for services of the tenant's choice."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from celery import Task

from tenants.context import current_tenant_id

# Seconds. A task that found no place comes back after about so long, twice as long each time, for ten minutes in all.
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
_MOST_WAITS = 25


class Share:
    """The places of a lane of `threads` (`WORKER_LANES`).

    While others leave half of them free, a tenant may have that half; else a quarter. It takes several tenants whose
    services hang to keep a thread from the rest.
    """

    def __init__(self, threads: int) -> None:
        self._common, self._own = threads // 2, max(1, threads // 4)
        self._held: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Hold a place for the current tenant during the block; `False` if there is none for it, and none is held."""
        tenant_id = current_tenant_id()
        with self._lock:
            is_held = self._held.total() < self._common or self._held[tenant_id] < self._own
            self._held[tenant_id] += is_held
        try:
            yield is_held
        finally:
            with self._lock:
                self._held[tenant_id] -= is_held
                if not self._held[tenant_id]:
                    del self._held[tenant_id]


def come_again(task: "Task[Any, Any]", waits: int) -> bool:
    """Let a task run again after a while, with `waits` one higher; `False` if it has waited as long as it may."""
    if waits >= _MOST_WAITS:
        return False
    # Those that came at once come back one by one.
    delay = min(_LONGEST_WAIT, _FIRST_WAIT * 2**waits) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
    kwargs = {**(task.request.kwargs or {}), "waits": waits + 1}
    task.signature_from_request(kwargs=kwargs, countdown=delay).apply_async()
    return True
