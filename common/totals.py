"""How many rows a list has: exact up to a cap, so that no list costs more to count than that many rows."""

from collections.abc import Sized
from typing import Any, NamedTuple

from django.db.models import QuerySet

# Counting stops one past it, unless the database keeps the count itself.
COUNT_CAP = 10_000


class Total(NamedTuple):
    """How many rows there are; if `is_capped`, more than the cap, and `number` is one past it."""

    number: int
    is_capped: bool = False


def capped(number: int) -> Total:
    """Return the total of rows that were counted no further than one past the cap."""
    return Total(min(number, COUNT_CAP + 1), number > COUNT_CAP)


def total_of(rows: QuerySet[Any] | Sized) -> Total:
    """Return how many rows there are, without reading more than one past the cap.

    A query set with a `find_total` may know it: at most one statement either way.
    """
    if not isinstance(rows, QuerySet):
        return Total(len(rows))
    find_total = getattr(rows, "find_total", None)
    known: Total | None = find_total() if find_total else None
    unordered = rows if rows.query.is_sliced else rows.order_by()
    return known or capped(unordered[: COUNT_CAP + 1].count())
