"""The audit log on the wire."""

import json
from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from common.keysets import Part
from common.rest.fields import Text
from events.models import AuditLog
from events.user_agents import parse_user_agent
from tenants.database.shapes import Shape, to_json_bytes


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


class LogShape(Shape[AuditLog]):
    """Entries with what their `userAgent` says, as `userAgentParsed`: told to readers, not stored."""

    def get(self, row_id: str, *, code: str = "entity.not_exists_with_id") -> bytes:
        row = json.loads(super().get(row_id, code=code))
        _tell_user_agent(row)
        return to_json_bytes(row)

    def page(self, *args: Any, **options: Any) -> Part:
        part = super().page(*args, **options)
        entries = json.loads(part.body)
        for entry in entries:
            _tell_user_agent(entry)
        return part._replace(body=to_json_bytes(entries))


def _tell_user_agent(entry: dict[str, Any]) -> None:
    user_agent = entry["payload"].get("userAgent")
    if user_agent and isinstance(user_agent, str):
        entry["payload"]["userAgentParsed"] = parse_user_agent(user_agent)


LOG = LogShape(AuditLog, "tenant_id", "id", "key", "payload", "created_at")
