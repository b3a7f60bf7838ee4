"""Entries of the audit log that are older than an installation keeps them."""

from datetime import timedelta

from django.conf import settings

from common.clock import now
from events.models import AuditLog

_BATCH = 1000


def delete_old_entries() -> int:
    """Delete the current tenant's entries older than `AUDIT_RETENTION_DAYS` (0 keeps all); returns how many.

    In batches, oldest first, so that no transaction grows with the backlog.
    """
    if not settings.AUDIT_RETENTION_DAYS:
        return 0
    old = AuditLog.objects.filter(created_at__lt=now() - timedelta(days=settings.AUDIT_RETENTION_DAYS))
    count = 0
    while ids := list(old.order_by("created_at").values_list("id", flat=True)[:_BATCH]):
        AuditLog.objects.filter(id__in=ids).delete()
        count += len(ids)
    return count
