"""Clean-up of sign-ins and sign-outs that are over."""

from celery import shared_task

from common.clock import now
from saml.models import SamlApplicationSession, SamlLogout
from tenants.context import enter_tenant
from tenants.models import Tenant

_BATCH = 1000


@shared_task
def clean_up() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_tenant.delay(tenant_id)


@shared_task
def clean_up_tenant(tenant_id: str) -> None:
    """Delete one tenant's expired SAML sign-ins and sign-outs, in batches."""
    with enter_tenant(tenant_id):
        for model in (SamlApplicationSession, SamlLogout):
            expired = model.objects.filter(expires_at__lt=now())
            while ids := list(expired.values_list("id", flat=True)[:_BATCH]):
                model.objects.filter(id__in=ids).delete()
