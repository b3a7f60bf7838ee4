"""How often strangers may make the tenant write rows: a limit for each address, and one for the tenant as a whole.

Counted are requests of callers who have proved nothing, each `Kind` by itself, in a sliding window: in Redis where
there is one, else in the process. No row is read or written for it. An address that has used its limit up does not use
up its tenant's. A Redis that does not answer keeps nobody out: meanwhile each process counts for itself.
"""

import logging
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import ceil
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from common.errors import AppError
from common.networks import network_of
from common.request_context import request_origin
from tenants.context import current_tenant_id

_REDIS_TIMEOUT = 0.25
# How long, in seconds, a Redis that has failed is left alone.
_REDIS_PAUSE = 5.0

logger = logging.getLogger(__name__)


class Kind(StrEnum):
    """What a stranger makes the tenant write."""

    SIGN_IN = "sign-in"  # an authorization request that waits for its user
    INTERACTION = "interaction"  # a journey through the sign-in pages, begun or begun anew
    PUSHED_REQUEST = "pushed-request"
    DEVICE = "device"
    REFUSAL = "refusal"  # an audit entry about a client or a token that was refused


class TooManyRequests(AppError):
    """`request.rate_limited`; says when to come again (RFC 6585 section 4)."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("request.rate_limited")
        self.headers = {"Retry-After": str(retry_after)}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force, `None` for one that is switched off."""

    per_address: RateLimitItem | None
    per_tenant: RateLimitItem | None


def _parsed(name: str) -> RateLimitItem | None:
    value = getattr(settings, name)
    try:
        return parse(value) if value else None
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be like 600/minute, or empty, not {value!r}") from error


@cache
def configured_limits() -> Limits:
    """Return the limits of the settings; raises `ImproperlyConfigured`."""
    return Limits(_parsed("ANONYMOUS_LIMIT_PER_ADDRESS"), _parsed("ANONYMOUS_LIMIT_PER_TENANT"))


class _Counters:
    """The counters, wherever they are kept at the moment."""

    def __init__(self, redis_url: str) -> None:
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = SlidingWindowCounterRateLimiter(_redis(redis_url)) if redis_url else None
        self._paused_until = 0.0

    def hit(self, limit: RateLimitItem, *key: str) -> int:
        """Count one request; 0 while it is within the limit, else the seconds until there is room again."""
        if self._shared is not None and time.monotonic() >= self._paused_until:
            try:
                return _hit(self._shared, limit, key)
            except RedisError:
                self._paused_until = time.monotonic() + _REDIS_PAUSE
                logger.warning("Redis does not answer: requests of strangers are counted in each process")
        return _hit(self._local, limit, key)


def _redis(url: str) -> RedisStorage:
    """One attempt, answered at once or not at all: a sign-in does not wait for its being counted."""
    once: Any = Retry(NoBackoff(), 0)
    return RedisStorage(
        url, key_prefix="floods", retry=once, socket_timeout=_REDIS_TIMEOUT, socket_connect_timeout=_REDIS_TIMEOUT
    )


def _hit(limiter: SlidingWindowCounterRateLimiter, limit: RateLimitItem, key: tuple[str, ...]) -> int:
    if limiter.hit(limit, *key):
        return 0
    return max(1, ceil(limiter.get_window_stats(limit, *key).reset_time - time.time()))


@cache
def _counters() -> _Counters:
    return _Counters(settings.REDIS_URL)


def forget() -> None:
    """Begin anew, with the settings as they are now."""
    configured_limits.cache_clear()
    _counters.cache_clear()


def withstand(kind: Kind) -> None:
    """Count a request that writes a row for somebody who has proved nothing; raises `TooManyRequests`.

    Outside of a request nothing is counted.
    """
    address = request_origin().ip
    if not address:
        return
    limits, tenant_id = configured_limits(), current_tenant_id()
    for limit, key in ((limits.per_address, network_of(address)), (limits.per_tenant, "")):
        if limit is not None and (wait := _counters().hit(limit, kind, tenant_id, key)):
            raise TooManyRequests(wait)
