"""Transactions that got into each other's way are run again.

PostgreSQL ends one of two transactions that wait for each other. Nothing of it was committed and no `on_commit` has
run, so it can begin again from its start.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

_ATTEMPTS = 3
# deadlock_detected and serialization_failure
_CONFLICTS = frozenset({"40P01", "40001"})


def is_conflict(error: Exception) -> bool:
    """Whether PostgreSQL ended a transaction for another one's sake."""
    return getattr(error.__cause__, "sqlstate", None) in _CONFLICTS


def atomic_with_retries(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service in a transaction, and again, twice at most, where it and another one waited for each other.

    Inside of a caller's transaction it runs as with `transaction.atomic`: who began the transaction begins it again.
    The service reads what it decides by inside of the transaction.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return run_again_on_conflict(lambda: transaction.atomic(service)(*args, **kwargs))

    return run


def run_again_on_conflict(work: Callable[[], R]) -> R:
    """Run what is a transaction of its own, and again, twice at most, after a conflict."""
    for attempts_left in reversed(range(_ATTEMPTS)):
        try:
            return work()
        except OperationalError as error:
            if connection.in_atomic_block or not attempts_left or not is_conflict(error):
                raise
    raise AssertionError("unreachable")
