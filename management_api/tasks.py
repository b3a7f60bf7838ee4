"""Periodic work of this room."""

from celery import shared_task

from management_api.idempotency.answers import delete_old_answers
from tenants.context import enter_tenant
from tenants.models import Tenant


@shared_task
def clean_up_answers() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_answers_of_tenant.delay(tenant_id)


@shared_task
def clean_up_answers_of_tenant(tenant_id: str) -> None:
    """Delete one tenant's kept answers that are not given any more."""
    with enter_tenant(tenant_id):
        delete_old_answers()
