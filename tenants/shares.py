"""A tenant's share of a process's threads, in work that waits for services of the tenant's choice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from tenants.context import current_tenant_id


class Share:
    """So many places for each tenant."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._held: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Hold one of the current tenant's places for the block; `False` if none is free, and none is held."""
        tenant_id = current_tenant_id()
        with self._lock:
            is_held = self._held[tenant_id] < self._places
            self._held[tenant_id] += is_held
        try:
            yield is_held
        finally:
            with self._lock:
                self._held[tenant_id] -= is_held
                if not self._held[tenant_id]:
                    del self._held[tenant_id]
