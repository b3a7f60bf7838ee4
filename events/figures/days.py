"""What was counted, day by day."""

from datetime import date, timedelta
from typing import NamedTuple

from events.figures import names
from events.figures.models import DailyFigure


class Day(NamedTuple):
    """The figures of one day (UTC). `proofs` has how many sign-ins proved themselves in which ways."""

    date: date
    active_users: int
    user_tokens: int
    machine_tokens: int
    id_tokens: int
    refresh_tokens: int
    sign_ins: int
    refused_proofs: int
    registrations: int
    proofs: dict[str, int]


def read_days(end: date, *, count: int) -> list[Day]:
    """Return the figures of so many days up to one, oldest first. 1 statement, of some dozen rows a day."""
    days = [end - timedelta(days=ago) for ago in range(count - 1, -1, -1)]
    values: dict[date, dict[str, int]] = {day: {} for day in days}
    rows = DailyFigure.objects.filter(date__range=(days[0], end))
    for day, name, value in rows.values_list("date", "name", "value"):
        values[day][name] = value
    return [_day(day, values[day]) for day in days]


def _day(day: date, values: dict[str, int]) -> Day:
    def beginning_with(prefix: str) -> dict[str, int]:
        return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix) and value}

    def number(name: str) -> int:
        return values.get(name, 0)

    return Day(
        date=day,
        active_users=sum(beginning_with(names.ACTIVE).values()),
        user_tokens=number(names.USER_TOKENS),
        machine_tokens=number(names.MACHINE_TOKENS),
        id_tokens=number(names.ID_TOKENS),
        refresh_tokens=number(names.REFRESH_TOKENS),
        sign_ins=number(names.SIGN_INS),
        refused_proofs=number(names.REFUSED_PROOFS),
        registrations=number(names.REGISTRATIONS),
        proofs=beginning_with(names.PROOFS),
    )
