"""Reads of the audit log."""

from datetime import datetime

from django.db.models import QuerySet

from common.errors import AppError
from events.models import IS_LISTED, LISTED_PREFIXES, AuditLog


def list_logs(
    *,
    user_id: str | None = None,
    application_id: str | None = None,
    key: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> QuerySet[AuditLog]:
    """Return entries of the audit log, newest first, both bounds included. Raises `log.invalid_time_window`."""
    if start and end and start > end:
        raise AppError("log.invalid_time_window")
    logs = AuditLog.objects.order_by("-created_at", "id")
    if not key:
        logs = logs.filter(IS_LISTED)
    elif not key.startswith(LISTED_PREFIXES):
        return logs.none()
    filters = {
        "user_id": user_id,
        "application_id": application_id,
        "key": key,
        "created_at__gte": start,
        "created_at__lte": end,
    }
    return logs.filter(**{name: value for name, value in filters.items() if value})
