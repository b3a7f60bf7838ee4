"""When a failed delivery is tried again: at growing distances, over a day."""

import random
from datetime import timedelta

# Seconds after the first, second … failure; more than a day in all.
_DELAYS = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600, 39_600)
# So much longer at most, by chance, so that what has failed together does not come back together.
_JITTER = 0.2

#: As often one delivery is sent at most.
MOST_TRIES = len(_DELAYS) + 1

#: A webhook that has answered nothing with success for so long is paused.
DEAD_AFTER = timedelta(hours=24)


def find_delay(tries: int, *, retries: int | None, wait: int = 0) -> timedelta | None:
    """Return how long to wait after a number of failures, `None` to give up.

    `retries` is the most that the webhook asks for, `None` for the whole schedule; `wait` are the seconds that the
    endpoint asked for.
    """
    most = len(_DELAYS) if retries is None else min(retries, len(_DELAYS))
    if tries > most:
        return None
    seconds = max(_DELAYS[tries - 1], wait)
    return timedelta(seconds=seconds * (1 + random.random() * _JITTER))  # noqa: S311 - no secret
