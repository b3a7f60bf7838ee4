"""Entries of the audit log that are written a moment later, many in one statement.

A machine's token is the most frequent event there is, and the only one that writes nothing else: an insert of its own
would cost more than the token. Its entry is written within `AUDIT_DELAY` seconds, also when the process ends; only a
process that is killed loses what it has not written yet. Whatever else is recorded is written with what it reports on.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from typing import Any

from django.conf import settings
from django.db import Error, IntegrityError

from events.background_writer import BackgroundWriter
from events.history import new_entry
from tenants.context import current_tenant_id, enter_tenant
from tenants.database.statements import NewRow, insert_rows

# Beyond this many the database does not keep up: the request that brings one more writes it itself.
_MOST_WAITING = 20_000
_MOST_AT_ONCE = 500
_RETRY_AFTER = 1.0

logger = logging.getLogger(__name__)

_waiting: deque[tuple[str, NewRow]] = deque()


def record_later(key: str, **details: Any) -> None:
    """Write an entry of the current tenant's audit log, as `record` does, but outside of the caller's transaction."""
    row = new_entry(key, **details)
    if not settings.AUDIT_DELAY or _writer.is_stopped or len(_waiting) >= _MOST_WAITING:
        insert_rows([row])
        return
    _waiting.append((current_tenant_id(), row))
    _writer.wake()


def write_waiting() -> None:
    """Write what waits, tenant by tenant. Raises the database's error; what was not written then waits still."""
    while _waiting:
        by_tenant: dict[str, list[NewRow]] = defaultdict(list)
        for _ in range(min(len(_waiting), _MOST_AT_ONCE)):
            tenant_id, row = _waiting.popleft()
            by_tenant[tenant_id].append(row)
        for tenant_id, rows in list(by_tenant.items()):
            try:
                _write(tenant_id, rows)
            except Error:
                _waiting.extendleft((held, row) for held, unwritten in by_tenant.items() for row in unwritten)
                raise
            del by_tenant[tenant_id]


def _write(tenant_id: str, rows: list[NewRow]) -> None:
    try:
        with enter_tenant(tenant_id):
            insert_rows(rows)
    except IntegrityError:
        logger.info("the tenant of an audit entry was deleted meanwhile")


_writer = BackgroundWriter("audit entries", write_waiting, delay=lambda: settings.AUDIT_DELAY, retry_after=_RETRY_AFTER)
