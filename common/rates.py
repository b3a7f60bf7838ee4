"""How often callers may do what is costly: counted in a sliding window, in Redis if there is one, else here.

No row is read or written for it. A Redis that does not answer keeps nobody out: meanwhile each process counts for
itself. These counts bound what a flood costs and need not be exact; what guards an account is counted in the database
(`identity`).
"""

import logging
import time
from functools import cache
from math import ceil
from typing import Any

from django.conf import settings
from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

_REDIS_TIMEOUT = 0.25
# How long, in seconds, a Redis that has failed is left alone.
_REDIS_PAUSE = 5.0

logger = logging.getLogger(__name__)


class _Counters:
    """The counters, wherever they are kept at the moment."""

    def __init__(self, redis_url: str) -> None:
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._storage = _redis(redis_url) if redis_url else None
        self._shared = SlidingWindowCounterRateLimiter(self._storage) if self._storage else None
        self._paused_until = 0.0

    def ask(self, limit: RateLimitItem, key: tuple[str, ...], *, counts: bool) -> int:
        if self._shared is not None and time.monotonic() >= self._paused_until:
            try:
                return _ask(self._shared, limit, key, counts)
            except RedisError:
                self._pause()
        return _ask(self._local, limit, key, counts)

    def add(self, key: str, amount: int, seconds: int) -> int | None:
        if self._storage is not None and time.monotonic() >= self._paused_until:
            try:
                return self._storage.incr(key, seconds, amount)
            except RedisError:
                self._pause()
        return None

    def _pause(self) -> None:
        self._paused_until = time.monotonic() + _REDIS_PAUSE
        logger.warning("Redis does not answer: rates are counted in each process")


@cache
def _redis(url: str) -> RedisStorage:
    """One attempt, answered at once or not at all: a request does not wait for its being counted."""
    once: Any = Retry(NoBackoff(), 0)
    return RedisStorage(
        url, key_prefix="rates", retry=once, socket_timeout=_REDIS_TIMEOUT, socket_connect_timeout=_REDIS_TIMEOUT
    )


def _ask(limiter: SlidingWindowCounterRateLimiter, limit: RateLimitItem, key: tuple[str, ...], counts: bool) -> int:
    if limiter.hit(limit, *key) if counts else limiter.test(limit, *key):
        return 0
    return max(1, ceil(limiter.get_window_stats(limit, *key).reset_time - time.time()))


@cache
def _counters() -> _Counters:
    return _Counters(settings.REDIS_URL)


def forget() -> None:
    """Count again, wherever the settings now say."""
    _counters.cache_clear()


def hit(limit: RateLimitItem, *key: str) -> int:
    """Count one request under a key; 0 while that is within the limit, else the seconds until there is room again."""
    return _counters().ask(limit, key, counts=True)


def find_wait(limit: RateLimitItem, *key: str) -> int:
    """Return what `hit` would, and count nothing."""
    return _counters().ask(limit, key, counts=False)


def add(key: str, amount: int, *, seconds: int) -> int | None:
    """Add to what all processes count under a key for so many seconds, and return the sum; `None` without Redis."""
    return _counters().add(key, amount, seconds)
