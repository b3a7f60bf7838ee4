"""Periodic work of this room."""

from celery import shared_task

from common.clock import now
from experience.adaptive.baseline import delete_old_places
from experience.custom_ui.storage import list_tenants, remove_all
from experience.services.captcha_provider import delete_expired_captchas
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
    """Delete where one tenant's users signed in from more than 180 days ago, unused assertions and used captchas."""
    with enter_tenant(tenant_id):
        delete_old_places(moment=now())
        delete_expired_assertions()
        delete_expired_captchas()


@shared_task
def clean_up_own_pages() -> None:
    """Delete the files of sign-in pages whose tenant is no more."""
    # Whoever is new meanwhile has no folder in the list yet.
    with_files = list_tenants()
    known = set(Tenant.objects.values_list("id", flat=True))
    for tenant_id in with_files:
        if tenant_id not in known:
            remove_all(tenant_id)
