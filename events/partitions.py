"""The audit log's partitions: a month each, made ahead, and dropped whole when nobody keeps their entries any more.

PostgreSQL's own, by range of `created_at` (UTC), without a gap: what is before the first month lies in
`events_auditlog_earlier`, what is after the last one in `events_auditlog_later`. So an entry always has a place, even
if nobody has made months for long. There is no default partition: with one, PostgreSQL would look into every month for
the newest entries instead of stopping once it has a page of them.

Row-level security is the table's: neither role of the application has a privilege on a partition (see
`tenants.isolation`).
"""

import logging
import re
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from common.clock import now
from tenants.context import owner_scope

logger = logging.getLogger(__name__)

TABLE = "events_auditlog"
_EARLIER, _LATER = f"{TABLE}_earlier", f"{TABLE}_later"
# This month, and so many after it.
MONTHS_AHEAD = 2

_LIST = """
SELECT child.relname, pg_get_expr(child.relpartbound, child.oid)
FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
WHERE inhparent = to_regclass('public.events_auditlog')"""
_BOUND = re.compile(r"FROM \((?:MINVALUE|'([^']+)')\) TO \((?:MAXVALUE|'([^']+)')\)")

# Who waits for a lock of a whole table makes everybody wait who comes after: rather another time.
_LOCK = f"SET LOCAL lock_timeout = '2s'; LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE"

_HOLD = f"CREATE TEMPORARY TABLE held ON COMMIT DROP AS SELECT * FROM {_LATER}; DROP TABLE {_LATER}"  # noqa: S608 - identifiers come from code
_PUT_BACK = f"INSERT INTO {TABLE} SELECT * FROM held; DROP TABLE held"  # noqa: S608 - identifiers come from code


class Partition(NamedTuple):
    """A part of the audit log: entries from `start` to before `end`; `None` is without bound."""

    name: str
    start: datetime | None
    end: datetime | None


def list_partitions() -> list[Partition]:
    """Return the partitions in the order of time; empty before the table is partitioned."""
    with connection.cursor() as cursor:
        return _partitions(cursor)


def ensure_partitions() -> list[str]:
    """Make the months up to `MONTHS_AHEAD` from now; returns the names of new ones. Safe to run at the same time.

    Raises `OperationalError` if the table is in use for too long.
    """
    last = _months_after(now(), MONTHS_AHEAD)
    with owner_scope():
        if not _missing(list_partitions(), last):
            return []
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LOCK)
            months = _missing(_partitions(cursor), last)
            if months:
                _split_later(cursor, months)
            return [_name(month) for month in months]


def ensure_partitions_if_free(**_signal: object) -> None:
    """Make the coming months after a `migrate`, which does not fail if the table is in use: beat makes them then."""
    try:
        ensure_partitions()
    except OperationalError:
        logger.warning("the audit log is in use: beat makes its coming months", exc_info=True)


def drop_partitions_before(moment: datetime) -> list[str]:
    """Drop the months that ended before a moment, with all tenants' entries; returns their names.

    Raises `OperationalError` if the table is in use for too long.
    """
    with owner_scope():
        if not _has_entries(_ended(list_partitions(), moment)):
            return []
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LOCK)
            ended = _ended(_partitions(cursor), moment)
            for partition in ended:
                cursor.execute(f"DROP TABLE {partition.name}")
            _create(cursor, Partition(_EARLIER, None, ended[-1].end))
            return [partition.name for partition in ended]


def _partitions(cursor: CursorWrapper) -> list[Partition]:
    cursor.execute(_LIST)
    found = [Partition(name, *_bounds(bound)) for name, bound in cursor.fetchall()]
    return sorted(found, key=lambda partition: partition.start or datetime.min.replace(tzinfo=UTC))


def _bounds(text: str) -> tuple[datetime | None, datetime | None]:
    found = _BOUND.search(text)
    start, end = found.groups() if found else (None, None)
    return _moment(start), _moment(end)


def _moment(bound: str | None) -> datetime | None:
    return datetime.fromisoformat(bound).astimezone(UTC) if bound else None


def _missing(partitions: list[Partition], last: datetime) -> list[datetime]:
    """The months from where `later` begins to the last that is wanted."""
    months: list[datetime] = []
    month = partitions[-1].start if partitions else None
    while month is not None and month <= last:
        months.append(month)
        month = _months_after(month, 1)
    return months


def _ended(partitions: list[Partition], moment: datetime) -> list[Partition]:
    return [partition for partition in partitions if partition.end is not None and partition.end <= moment]


def _has_entries(partitions: list[Partition]) -> bool:
    """Whether dropping them is worth the lock: a month always is, `earlier` if anything lies in it."""
    if len(partitions) != 1:
        return bool(partitions)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {partitions[0].name})")  # noqa: S608 - identifiers come from code
        return bool(cursor.fetchone()[0])


def _split_later(cursor: CursorWrapper, months: list[datetime]) -> None:
    """Put months, and a new `later`, in the place of `later`; what lies in it already goes to where it belongs."""
    # Detached, it would need the lock of the tenants' table.
    cursor.execute(_HOLD)
    for month in months:
        _create(cursor, Partition(_name(month), month, _months_after(month, 1)))
    _create(cursor, Partition(_LATER, _months_after(months[-1], 1), None))
    cursor.execute(_PUT_BACK)


def _create(cursor: CursorWrapper, partition: Partition) -> None:
    start = f"'{partition.start.isoformat()}'" if partition.start else "MINVALUE"
    end = f"'{partition.end.isoformat()}'" if partition.end else "MAXVALUE"
    cursor.execute(f"CREATE TABLE {partition.name} PARTITION OF {TABLE} FOR VALUES FROM ({start}) TO ({end})")


def _name(month: datetime) -> str:
    return f"{TABLE}_{month:%Y_%m}"


def _months_after(moment: datetime, count: int) -> datetime:
    """The first moment of a month, in UTC, so many after that of a moment."""
    years, month = divmod(moment.month - 1 + count, 12)
    return datetime(moment.year + years, month + 1, 1, tzinfo=UTC)
