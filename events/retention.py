"""For how long entries of the audit log are kept: the tenant's choice, within what the installation allows.

A month that every tenant is past is dropped whole; before that, and for tenants that keep less than others, entries are
deleted in batches.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from common.actors import Actor
from common.clock import now
from common.errors import invalid_value
from common.shapes import Integer, Members
from events.models import AuditLog
from events.partitions import drop_partitions_before
from tenants.context import all_tenants_scope
from tenants.models import Tenant, TenantSetting
from tenants.services.settings import Setting, get_setting, set_setting

_BATCH = 1000
_MOST_DAYS = 3650

#: Days; `null` is what the installation keeps.
AUDIT_LOG_SETTING = Setting(
    key="auditLog",
    shape=Members({"retentionDays": Integer(minimum=1, maximum=_MOST_DAYS, nullable=True, required=True)}),
    default={"retentionDays": None},
)


def retention_days() -> int:
    """Return how many days the current tenant's entries are kept; 0 is for ever."""
    return _within_installation(get_setting(AUDIT_LOG_SETTING)["retentionDays"])


def set_retention(value: Any, *, actor: Actor) -> dict[str, Any]:
    """Set for how long entries are kept, `{"retentionDays": 30}`, and return the setting.

    Raises `guard.invalid_input` for what is no such object, and for more than `AUDIT_RETENTION_DAYS`.
    """
    longest = settings.AUDIT_RETENTION_DAYS
    days = value.get("retentionDays") if isinstance(value, dict) else None
    if longest and isinstance(days, int) and longest < days <= _MOST_DAYS:
        message = _("Ensure this value is less than or equal to %(limit_value)s.") % {"limit_value": longest}
        raise invalid_value("retentionDays", message, code="max_value")
    stored: dict[str, Any] = set_setting(AUDIT_LOG_SETTING, value, actor=actor)
    return stored


def delete_old_entries() -> int:
    """Delete the current tenant's entries that are older than it keeps them; returns how many.

    In batches, oldest first, so that no transaction grows with the backlog.
    """
    days = retention_days()
    if not days:
        return 0
    old = AuditLog.objects.filter(created_at__lt=_days_ago(days)).order_by("created_at")
    count = 0
    while batch := list(old.values_list("id", "created_at")[:_BATCH]):
        # With the span they are looked for in its months alone.
        span = {"created_at__gte": batch[0][1], "created_at__lte": batch[-1][1]}
        AuditLog.objects.filter(id__in=[entry_id for entry_id, _at in batch], **span).delete()
        count += len(batch)
    return count


def drop_old_partitions() -> list[str]:
    """Drop the months that no tenant keeps any more; returns their names. Raises `OperationalError` while in use."""
    with all_tenants_scope():
        chosen = dict(
            TenantSetting.all_tenants.filter(key=AUDIT_LOG_SETTING.key).values_list("tenant_id", "value__retentionDays")
        )
    kept = [_within_installation(chosen.get(id)) for id in Tenant.objects.values_list("id", flat=True)]
    return drop_partitions_before(_days_ago(max(kept))) if kept and all(kept) else []


def _within_installation(days: int | None) -> int:
    longest: int = settings.AUDIT_RETENTION_DAYS
    return longest if days is None else min(days, longest or days)


def _days_ago(days: int) -> datetime:
    return now() - timedelta(days=days)
