"""How many accounts came into being when: counted in the index of the newest users."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.core.cache import cache

from common.clock import now
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_all

# A day of an import is counted once an hour; of every other the number is that of this moment.
_REMEMBERED_FROM = 10_000
_REMEMBERED_FOR = 3600

_NEW_USERS = """
SELECT d.day, (
  SELECT count(*) FROM identity_user u WHERE u.tenant_id = %(tenant)s
  AND u.created_at >= d.day::timestamp AT TIME ZONE 'UTC' AND u.created_at < (d.day + 1)::timestamp AT TIME ZONE 'UTC'
) AS users FROM unnest(%(days)s::date[]) AS d (day)"""


class _NewUsers(NamedTuple):
    day: date
    users: int


def count_new_users(end: date, *, days: int) -> dict[date, int]:
    """Return how many of today's users were created on each of so many days (UTC) up to one, oldest first. 1 statement.

    However they came: signed up, created by an API, imported. Of a past day with more than 10,000 the number may be an
    hour old: it changes by deletions alone.
    """
    wanted = [end - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
    found: dict[date, int] = {}
    remembered = cache.get_many([_key(day) for day in wanted])
    for day in wanted:
        if (users := remembered.get(_key(day))) is not None:
            found[day] = users
    missing = [day for day in wanted if day not in found]
    found |= _count(missing)
    today = now().date()
    many = {_key(day): found[day] for day in missing if day < today and found[day] >= _REMEMBERED_FROM}
    if many:
        cache.set_many(many, _REMEMBERED_FOR)
    return {day: found[day] for day in wanted}


def _count(days: Sequence[date]) -> dict[date, int]:
    if not days:
        return {}
    parameters = {"tenant": current_tenant_id(), "days": list(days)}
    return {row.day: row.users for row in fetch_all(_NewUsers, _NEW_USERS, parameters)}


def _key(day: date) -> str:
    return f"new-users:{current_tenant_id()}:{day}"
