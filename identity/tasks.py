"""Periodic work of this room."""

from celery import shared_task

from identity.services.clean_up import delete_old_attempts
from identity.services.token_vault import rewrap_token_sets
from tenants.context import enter_tenant
from tenants.models import Tenant


@shared_task
def clean_up_attempts() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_attempts_of_tenant.delay(tenant_id)


@shared_task
def clean_up_attempts_of_tenant(tenant_id: str) -> None:
    """Delete one tenant's old attempts, message counts, expired codes, tokens and trusted devices."""
    with enter_tenant(tenant_id):
        delete_old_attempts()


@shared_task
def rewrap_tokens() -> None:
    """Hand every tenant's stored tokens to a task of its own, which puts them under the newest key."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        rewrap_tokens_of_tenant.delay(tenant_id)


@shared_task
def rewrap_tokens_of_tenant(tenant_id: str) -> None:
    """Put one tenant's stored tokens under the newest key of the vault."""
    with enter_tenant(tenant_id):
        rewrap_token_sets()
