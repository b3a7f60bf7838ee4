"""Reads of the audit log."""

from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from common.errors import AppError
from events.models import AuditLog

# Deliveries of webhooks are logged too, and read with the webhook.
LISTED_PREFIXES = (
    "ApplicationAccessControl",
    "BackchannelLogout",
    "ExchangeTokenBy",
    "RevokeToken",
    "RevokeGrants",
    "RevokeSession",
    "Interaction",
    "JwtCustomizer",
    "OneTimeToken",
    "SamlApplication",
    "Action",
    "Unknown",
)

_LISTED = reduce(or_, (Q(key__startswith=prefix) for prefix in LISTED_PREFIXES))


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
    logs = AuditLog.objects.filter(_LISTED).order_by("-created_at", "id")
    filters = {
        "user_id": user_id,
        "application_id": application_id,
        "key": key,
        "created_at__gte": start,
        "created_at__lte": end,
    }
    return logs.filter(**{name: value for name, value in filters.items() if value})
