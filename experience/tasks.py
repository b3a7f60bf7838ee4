"""Periodic work of this room."""

from celery import shared_task

from common.clock import now
from experience.adaptive.baseline import delete_old_places
from experience.services.idp_initiated_sign_in import delete_expired_assertions
from tenants.context import enter_tenant
from tenants.models import Tenant


@shared_task
def clean_up_places() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_places_of_tenant.delay(tenant_id)


@shared_task
def clean_up_places_of_tenant(tenant_id: str) -> None:
    """Delete where one tenant's users signed in from more than 180 days ago, and assertions that were not used."""
    with enter_tenant(tenant_id):
        delete_old_places(moment=now())
        delete_expired_assertions()
