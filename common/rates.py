"""How often strangers may do what is costly: counters in the cache, each good for one span of time.

They bound what a flood costs and need not be exact; what guards an account is counted in the database (`identity`).
"""

from django.core.cache import cache

from common.crypto import sha256_hex


def is_within_rate(kind: str, subject: str, *, limit: int, seconds: int) -> bool:
    """Count one more of a kind for a subject, and say whether that is within `limit` for the span of `seconds`."""
    key = f"rate:{kind}:{sha256_hex(subject)}"
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key)) <= limit
    except ValueError:
        # It expired in between: this is the first of the next span.
        cache.set(key, 1, seconds)
        return limit >= 1
