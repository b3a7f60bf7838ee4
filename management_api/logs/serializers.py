"""The audit log on the wire."""

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from common.rest.fields import Text
from events.models import AuditLog
from tenants.database.shapes import Shape


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


LOG = Shape(AuditLog, "tenant_id", "id", "key", "payload", "created_at")
