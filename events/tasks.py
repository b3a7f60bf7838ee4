"""Periodic work of this room."""

from celery import shared_task

from events.retention import delete_old_entries
from tenants.context import enter_tenant
from tenants.models import Tenant


@shared_task
def clean_up_audit_logs() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_audit_log.delay(tenant_id)


@shared_task
def clean_up_audit_log(tenant_id: str) -> None:
    """Delete one tenant's entries that are older than they are kept."""
    with enter_tenant(tenant_id):
        delete_old_entries()
