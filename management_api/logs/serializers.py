"""The audit log on the wire."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from common.clock import to_milliseconds
from common.rest.fields import Text
from events.models import AuditLog


class QueryMoment(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """A moment in a query: milliseconds since the epoch, as digits."""

    default_error_messages = {"invalid": "Must be milliseconds since 1970."}

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not data.isascii() or not data.isdigit() or len(data) > 15:
            self.fail("invalid")
        try:
            return datetime.fromtimestamp(int(data) / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            self.fail("invalid")


class LogQuery(serializers.Serializer[Any]):
    """The filters of the audit log."""

    userId = Text(source="user_id", required=False)
    applicationId = Text(source="application_id", required=False)
    logKey = Text(source="key", required=False)
    start_time = QueryMoment(source="start", required=False)
    end_time = QueryMoment(source="end", required=False)


def log_row(log: AuditLog) -> dict[str, Any]:
    """Return an entry as it stands on the wire."""
    return {
        "tenantId": log.tenant_id,
        "id": log.id,
        "key": log.key,
        "payload": log.payload,
        "createdAt": to_milliseconds(log.created_at),
    }


def log_rows(logs: Iterable[AuditLog]) -> list[dict[str, Any]]:
    """Return a page of entries."""
    return [log_row(log) for log in logs]
