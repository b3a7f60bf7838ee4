"""Without a queue: threads of this process that send, of one kind so many at a time, and none twice for the same thing.

Whatever asks for them, a request or beat, goes on at once. They die with the process: what they hold is under a lease.
"""

import logging
import threading
from collections.abc import Callable, Hashable

from django.db import connection

logger = logging.getLogger(__name__)


class Threads:
    """At most `most` threads of a name, one for each key that something waits for."""

    def __init__(self, name: str, *, most: int) -> None:
        self._name = name
        self._turn = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        # The keys that a thread is at, and whether it was asked again meanwhile.
        self._under_way: dict[Hashable, bool] = {}

    def start(self, key: Hashable, work: Callable[[], bool]) -> None:
        """Run `work` for a key, and again for as long as it says that some is left or was asked for meanwhile."""
        with self._lock:
            is_under_way = key in self._under_way
            self._under_way[key] = is_under_way
        if not is_under_way:
            threading.Thread(target=self._run, args=[key, work], name=self._name, daemon=True).start()

    def _run(self, key: Hashable, work: Callable[[], bool]) -> None:
        try:
            with self._turn:
                is_left = work()
        except Exception:
            logger.exception("%s were not delivered", self._name, extra={"key": key})
            is_left = False
        finally:
            connection.close()
        with self._lock:
            is_asked_again = self._under_way.pop(key)
        if is_left or is_asked_again:
            self.start(key, work)
