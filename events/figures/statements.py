"""The statements that write figures: one a day of active users, one for all other numbers."""

import json
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction

from common.clock import now
from events.figures.names import ACTIVE, ACTIVITY_DAYS, LONGEST_GAP
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_value, write

_AT_ONCE = 5_000

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('figures' || %s, 0))"

_ADD = """
INSERT INTO events_dailyfigure (tenant_id, date, name, value)
SELECT %(tenant)s, date, name, value FROM json_to_recordset(%(figures)s::json) AS g (date date, name text, value bigint)
ON CONFLICT (tenant_id, date, name) DO UPDATE SET value = events_dailyfigure.value + excluded.value"""

# Whoever is new on the day is counted by the distance to the last day before. If the user was active later already (a
# process that writes its yesterday after another one has written today), that day's distance becomes shorter.
_ADD_ACTIVE = f"""
WITH added AS (
  INSERT INTO events_dailyactiveuser (tenant_id, date, user_id)
  SELECT %(tenant)s, %(date)s::date, g.user_id FROM json_array_elements_text(%(users)s::json) AS g (user_id)
  ON CONFLICT (tenant_id, user_id, date) DO NOTHING
  RETURNING user_id
), placed AS (
  SELECT
    (SELECT max(e.date) FROM events_dailyactiveuser e WHERE e.tenant_id = %(tenant)s AND e.user_id = added.user_id
     AND e.date < %(date)s::date AND e.date > %(date)s::date - {LONGEST_GAP}) AS before,
    (SELECT min(e.date) FROM events_dailyactiveuser e WHERE e.tenant_id = %(tenant)s AND e.user_id = added.user_id
     AND e.date > %(date)s::date AND e.date < %(date)s::date + {LONGEST_GAP}) AS after
  FROM added
), changes (date, gap, change) AS (
  SELECT %(date)s::date, coalesce(%(date)s::date - before, {LONGEST_GAP}), 1 FROM placed
  UNION ALL SELECT after, after - %(date)s::date, 1 FROM placed WHERE after IS NOT NULL
  UNION ALL SELECT after, coalesce(least(after - before, {LONGEST_GAP}), {LONGEST_GAP}), -1
    FROM placed WHERE after IS NOT NULL
)
INSERT INTO events_dailyfigure (tenant_id, date, name, value)
SELECT %(tenant)s, date, '{ACTIVE}' || gap, sum(change) FROM changes GROUP BY date, gap HAVING sum(change) <> 0
ON CONFLICT (tenant_id, date, name) DO UPDATE SET value = events_dailyfigure.value + excluded.value"""  # noqa: S608 - identifiers come from code


@transaction.atomic
def write_figures(counts: Mapping[tuple[date, str], int], active: Mapping[date, set[str]]) -> None:
    """Add these numbers, by day and name, and these active users, by day, to the current tenant's figures.

    All or nothing. Writers of one tenant wait for each other: where a user was active last is read to be written. A day
    whose neighbours are no longer kept is left out.
    """
    tenant_id = current_tenant_id()
    fetch_value(_LOCK, [tenant_id])
    earliest = now().date() - timedelta(days=ACTIVITY_DAYS - LONGEST_GAP)
    # Day by day, because a statement does not see the rows that it writes itself.
    for day in sorted(day for day in active if day >= earliest):
        users = sorted(active[day])
        for start in range(0, len(users), _AT_ONCE):
            part = json.dumps(users[start : start + _AT_ONCE])
            write(_ADD_ACTIVE, {"tenant": tenant_id, "date": day, "users": part})
    if counts:
        rows = [{"date": str(day), "name": name, "value": number} for (day, name), number in sorted(counts.items())]
        write(_ADD, {"tenant": tenant_id, "figures": json.dumps(rows)})
