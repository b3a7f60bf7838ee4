"""A tenant's figures on the wire."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeAlias

from rest_framework import serializers

from common.clock import now
from common.rest.fields import Text
from events.figures.activity import Activity, Comparison
from events.figures.days import Day

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The ends of the calendar have no windows.
_EARLIEST, _LATEST = date(1970, 1, 1), date(9000, 1, 1)
# In the serializer below the name is its field's.
_Date: TypeAlias = date
_DEFAULT_DAYS, _MOST_DAYS = 30, 90


class DayQuery(serializers.Serializer[Any]):
    """The day (UTC) that figures are about, today by default."""

    date = Text(required=False)

    def validate_date(self, value: str) -> _Date:
        try:
            day = _Date.fromisoformat(value) if _DAY.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None or not _EARLIEST <= day <= _LATEST:
            raise serializers.ValidationError("Not a date of the form YYYY-MM-DD.")
        return day

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {**attrs, "date": attrs.get("date") or now().date()}


class FiguresQuery(DayQuery):
    """The last day of a list of days, and how many they are."""

    days = serializers.IntegerField(min_value=1, max_value=_MOST_DAYS, default=_DEFAULT_DAYS)


def new_users_body(days: Mapping[date, int], today: date) -> dict[str, Any]:
    """Return how many users fourteen days have brought: today and yesterday, the last seven days and those before."""

    def between(first: int, last: int) -> int:
        return sum(days[today - timedelta(days=ago)] for ago in range(first, last + 1))

    return {
        "today": {"count": between(0, 0), "delta": between(0, 0) - between(1, 1)},
        "last7Days": {"count": between(0, 6), "delta": between(0, 6) - between(7, 13)},
    }


def activity_body(activity: Activity) -> dict[str, Any]:
    """Return who was active: thirty days, the last of them, its week and its month."""
    return {
        "dauCurve": [{"date": day.isoformat(), "count": count} for day, count in activity.curve],
        "dau": _compared(activity.day),
        "wau": _compared(activity.week),
        "mau": _compared(activity.month),
    }


def figures_body(days: Sequence[Day], new_users: Mapping[date, int]) -> dict[str, Any]:
    """Return everything that is counted, day by day."""
    return {
        "timeZone": "UTC",
        "days": [
            {
                "date": day.date.isoformat(),
                "activeUsers": day.active_users,
                "newUsers": new_users[day.date],
                "registrations": day.registrations,
                "signIns": day.sign_ins,
                "refusedProofs": day.refused_proofs,
                "proofs": day.proofs,
                "tokens": {
                    "user": day.user_tokens,
                    "machine": day.machine_tokens,
                    "id": day.id_tokens,
                    "refresh": day.refresh_tokens,
                },
            }
            for day in days
        ],
    }


def _compared(numbers: Comparison) -> dict[str, int]:
    return {"count": numbers.count, "delta": numbers.delta}
