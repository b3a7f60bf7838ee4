"""Active users: of a day, of a week, of a month; exact, and the same work for any number of users."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from events.figures.models import DailyFigure
from events.figures.names import ACTIVE

CURVE_DAYS = 30
WEEK, MONTH = 7, 30


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number, and by how much it is more than the one before."""

    count: int
    delta: int


class Activity(NamedTuple):
    """Active users up to a day: for each of thirty days, oldest first; of the day, of its week and of its month."""

    curve: list[tuple[date, int]]
    day: Comparison
    week: Comparison
    month: Comparison


class _Gaps(NamedTuple):
    """How many users were active on a day who had been active so many days before, and not since."""

    date: date
    gap: int
    users: int


def read_activity(day: date) -> Activity:
    """Return the activity of the current tenant's users up to a day (UTC). 1 statement, of 1,800 rows at most.

    A user counts in a window once: on the first day in it, which is the one whose previous day lies before the window.
    """
    gaps = list(_read_gaps(day - timedelta(days=2 * MONTH - 1), day))
    curve = [day - timedelta(days=ago) for ago in range(CURVE_DAYS - 1, -1, -1)]
    return Activity(
        [(each, _count(gaps, each, 1)) for each in curve],
        *(_compared(gaps, day, length) for length in (1, WEEK, MONTH)),
    )


def _compared(gaps: Iterable[_Gaps], day: date, length: int) -> Comparison:
    current = _count(gaps, day, length)
    return Comparison(current, current - _count(gaps, day - timedelta(days=length), length))


def _count(gaps: Iterable[_Gaps], day: date, length: int) -> int:
    """Return how many users were active in the window of `length` days that ends with the day."""
    start = day - timedelta(days=length - 1)
    return sum(row.users for row in gaps if start <= row.date <= day and row.gap > (row.date - start).days)


def _read_gaps(start: date, end: date) -> Iterable[_Gaps]:
    rows = DailyFigure.objects.filter(date__range=(start, end), name__startswith=ACTIVE)
    for day, name, value in rows.values_list("date", "name", "value"):
        yield _Gaps(day, int(name.removeprefix(ACTIVE)), value)
