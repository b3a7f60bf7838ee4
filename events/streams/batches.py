"""Which entries come next, without a gap.

Entries become visible in the order of commits, not in that in which they were written: who reads up to the newest one
misses an entry that is committed later with an earlier time. So a stream goes by the number of the transaction that
wrote an entry, and reads no further than the oldest that is under way: every one below it has ended, so none can add
an entry behind the stream any more. A transaction that lasts holds streams up as long; nothing is lost.

Numbers are a database cluster's own. After a restore into another one they begin again, and the stream would wait for
them to catch up: `begin_again` sends what was recorded since shortly before the last entry that was sent.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from common.clock import to_milliseconds
from events.streams.models import LogStream
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_all, fetch_one, write

MAX_ENTRIES = 500
#: Of the JSON of a batch; an entry has 8 kB at most.
MAX_BYTES = 1_000_000
# Sent once more after a restore.
_MARGIN = timedelta(hours=1)

# Asked before the entries are read, so that what has ended by now is seen then. Numbers are the whole cluster's: who
# holds a lock of another database's table writes there, and does not count.
_PLACE = """
SELECT coalesce(
  (SELECT min(running::text::bigint) FROM pg_snapshot_xip(pg_current_snapshot()) AS running
   WHERE NOT EXISTS (
     SELECT FROM pg_locks AS own JOIN pg_locks AS held USING (virtualtransaction)
     WHERE own.locktype = 'transactionid' AND own.transactionid = running::xid AND own.mode = 'ExclusiveLock'
       AND held.locktype = 'relation'
       AND held.database NOT IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))),
  pg_snapshot_xmax(pg_current_snapshot())::text::bigint) AS position,
  system_identifier::text AS database_id
FROM pg_control_system()"""

_NEXT = """
SELECT transaction_id AS position, id, key, payload, created_at FROM events_auditlog
WHERE tenant_id = %(tenant)s AND transaction_id >= %(position)s
  AND transaction_id < %(end)s
  AND (transaction_id > %(position)s OR id > %(id)s)
  AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
ORDER BY transaction_id, id LIMIT %(most)s"""

# What comes from another cluster is older than everything that this one writes.
_FORGET_NUMBERS = """
UPDATE events_auditlog SET transaction_id = 0 WHERE tenant_id = %s AND created_at >= %s
  AND transaction_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"""


class Place(NamedTuple):
    """The oldest transaction that may still write entries, and the identity of its database cluster."""

    position: int
    database_id: str


class Entry(NamedTuple):
    """An entry as it is sent."""

    position: int
    id: str
    key: str
    payload: dict[str, Any]
    created_at: datetime

    def as_json(self) -> dict[str, Any]:
        """Return it in the form of `GET /api/logs`."""
        return {
            "tenantId": current_tenant_id(),
            "id": self.id,
            "key": self.key,
            "payload": self.payload,
            "createdAt": to_milliseconds(self.created_at),
        }


def current_place() -> Place:
    """Return up to where entries may be read, which is from where on a new stream sends. 1 statement."""
    place = fetch_one(Place, _PLACE, [])
    assert place is not None  # noqa: S101 - a statement without a condition
    return place


def next_batch(stream: LogStream) -> Sequence[Entry]:
    """Return the entries after what the stream has sent, in the order in which they are sent. 2 statements.

    Not within a transaction that writes entries itself.
    """
    parameters = {
        "end": current_place().position,
        "tenant": current_tenant_id(),
        "position": stream.position,
        "id": stream.position_id,
        "since": stream.since,
        "most": MAX_ENTRIES,
    }
    found = fetch_all(Entry, _NEXT, parameters)
    size, batch = 0, list[Entry]()
    for entry in found:
        size += len(json.dumps(entry.payload, default=str))
        if batch and size > MAX_BYTES:
            break
        batch.append(entry)
    return batch


def begin_again(stream: LogStream, place: Place) -> None:
    """Put a stream in its place in another cluster, into which its database was restored. 1 statement, and its row."""
    stream.since = (stream.sent_at or stream.created_at) - _MARGIN
    write(_FORGET_NUMBERS, [current_tenant_id(), stream.since])
    stream.position, stream.position_id, stream.database_id = 0, "", place.database_id
    stream.save(update_fields=["since", "position", "position_id", "database_id"])
