"""Quotas: how many requests a known caller may still make in a window of time, told before they are used up.

Counting must cost next to nothing: a process counts for itself and tells Redis of many requests at once (`_SHARE` of
the limit), and of each only near the limit. So a caller can get beyond the limit by that share for each further
process; without Redis each process counts for itself. Windows begin at multiples of their length, the same everywhere:
a caller who is told to wait is let through afterwards.
"""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from limits import RateLimitItem

from common import rates

# A process tells of its requests when they make up this part of the limit, and of each above that part.
_SHARE = 0.02
_NEAR = 0.8
# Callers of one kind that a process counts at once. Beyond, those of past windows are forgotten, then all of the kind:
# whoever has many addresses makes nobody forget the others.
_MOST_CALLERS = 50_000


class Quota(NamedTuple):
    """What is left of a limit after a request was counted; `remaining` is negative for one beyond it."""

    limit: int
    window: int
    remaining: int
    reset: int

    @property
    def is_exceeded(self) -> bool:
        return self.remaining < 0


@dataclass(slots=True)
class _Count:
    """`known` have been told of, by whichever process; `own` have been counted here since."""

    window: int
    known: int = 0
    own: int = 0


# By the first part of the key, which is the kind.
_counts: dict[str, dict[Hashable, _Count]] = {}
_lock = Lock()


def forget() -> None:
    """Begin all counts again."""
    with _lock:
        _counts.clear()


def spend(limit: RateLimitItem, kind: str, *caller: str) -> Quota:
    """Count a request of a caller of some kind. About 2 µs, or one round trip to Redis near the limit."""
    most, seconds = limit.amount, limit.get_expiry()
    moment = time.time()
    window = int(moment // seconds)
    reset = max(1, int((window + 1) * seconds - moment + 0.999))
    key = (kind, *caller)
    with _lock:
        count = _counts.setdefault(kind, {}).get(key)
        if count is None or count.window != window:
            count = _begin(_counts[kind], key, window)
        used = count.known + count.own
        if used > most:
            # Whoever is refused is not counted on: neither does that cost a round trip.
            return Quota(most, seconds, -1, reset)
        count.own += 1
        used += 1
        told = count.own if count.own >= most * _SHARE or used > most * _NEAR else 0
        count.own -= told
        count.known += told
    if told:
        used = _tell(count, told, f"quota/{'/'.join(key)}/{window}", seconds, used)
    return Quota(most, seconds, most - used, reset)


def _begin(counts: dict[Hashable, _Count], key: Hashable, window: int) -> _Count:
    """Begin a caller's count; called with the lock."""
    if len(counts) >= _MOST_CALLERS:
        past = [other for other, count in counts.items() if count.window != window]
        for other in past:
            del counts[other]
        if not past:
            counts.clear()
    count = counts[key] = _Count(window)
    return count


def _tell(count: _Count, told: int, key: str, seconds: int, used: int) -> int:
    """Tell Redis of so many requests; returns how many there were in all, or what is known of it here."""
    total = rates.add(key, told, seconds=seconds)
    if total is None:
        return used
    with _lock:
        count.known = max(count.known, total)
    return total
