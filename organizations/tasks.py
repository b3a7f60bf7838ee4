"""Periodic work of this room."""

from celery import shared_task

from organizations.services.invitations import expire_invitations
from tenants.context import enter_tenant
from tenants.models import Tenant


@shared_task
def expire_overdue_invitations() -> None:
    """Hand every tenant's overdue invitations to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        expire_invitations_of_tenant.delay(tenant_id)


@shared_task
def expire_invitations_of_tenant(tenant_id: str) -> None:
    """Write down which of one tenant's invitations have expired."""
    with enter_tenant(tenant_id):
        expire_invitations()
