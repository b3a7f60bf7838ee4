"""Who may compute a costly hash now: a bounded queue in each process, fair between tenants.

A request that waits here holds a thread of the web server. So there are fewer places than threads, and whoever finds
none is refused at once: a tenant whose passwords are being guessed refuses sign-ins of its own, and leaves a thread to
everybody else's tokens. A tenant that comes while another one fills the queue gets the place of that one's
latest waiter.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

from tenants.context import current_scope
from tenants.rate_limits import TooManyRequestsError

#: How long a request waits for its turn at most, in seconds.
PATIENCE = 2.0
_RETRY_AFTER = 1


@dataclass(eq=False, slots=True)
class _Waiter:
    tenant: str
    is_admitted: bool = False
    answered: Event = field(default_factory=Event)


class HashQueue:
    """At most `slots` hashes at a time, and at most `places` requests that compute one or wait for it."""

    def __init__(self, *, slots: int, places: int) -> None:
        self._slots = slots
        self._places = max(slots, places)
        self._lock = Lock()
        self._running: Counter[str] = Counter()
        self._waiting: list[_Waiter] = []

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Run the block when it is its turn; raises `request.rate_limited` (429) instead of waiting long."""
        tenant = current_scope().tenant_id
        waiter = self._enter(tenant)
        if waiter is not None:
            self._wait(waiter)
        try:
            yield
        finally:
            with self._lock:
                self._leave(tenant)

    def _enter(self, tenant: str) -> _Waiter | None:
        with self._lock:
            if self._running.total() < self._slots and not self._waiting:
                self._running[tenant] += 1
                return None
            if self._running.total() + len(self._waiting) >= self._places:
                self._make_room(tenant)
            waiter = _Waiter(tenant)
            self._waiting.append(waiter)
            return waiter

    def _make_room(self, tenant: str) -> None:
        """Send away the latest waiter of the tenant that holds the most; raises if that is no better than this one."""
        held = self._running + Counter(waiter.tenant for waiter in self._waiting)
        latest = max(reversed(self._waiting), key=lambda waiter: held[waiter.tenant], default=None)
        if latest is None or held[latest.tenant] <= held[tenant] + 1:
            raise TooManyRequestsError(_RETRY_AFTER)
        self._waiting.remove(latest)
        latest.answered.set()

    def _wait(self, waiter: _Waiter) -> None:
        waiter.answered.wait(PATIENCE)
        with self._lock:
            if waiter.is_admitted:
                return
            if waiter in self._waiting:
                self._waiting.remove(waiter)
        raise TooManyRequestsError(_RETRY_AFTER)

    def _leave(self, tenant: str) -> None:
        self._running[tenant] -= 1
        if not self._running[tenant]:
            del self._running[tenant]
        if self._waiting:
            # The first of those whose tenant computes least at the moment.
            chosen = min(self._waiting, key=lambda waiter: self._running[waiter.tenant])
            self._waiting.remove(chosen)
            self._running[chosen.tenant] += 1
            chosen.is_admitted = True
            chosen.answered.set()
