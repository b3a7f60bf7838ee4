"""Clean-ups, and the promotion of signing keys that are due."""

import logging

from celery import shared_task

from oidc.clean_up import delete_expired, delete_unused_clients
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.keys import list_tenants_with_due_keys, promote_due_key

logger = logging.getLogger(__name__)


@shared_task
def clean_up() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_tenant.delay(tenant_id)


@shared_task
def clean_up_tenant(tenant_id: str) -> None:
    """Delete one tenant's expired requests, codes, tokens, sessions and grants, and clients that nobody uses."""
    with enter_tenant(tenant_id):
        delete_expired()
        delete_unused_clients()


@shared_task
def promote_due_keys() -> None:
    """Make every tenant's Next key Current whose time has come; one that fails keeps no other from it."""
    for tenant_id in list_tenants_with_due_keys():
        try:
            with enter_tenant(tenant_id):
                promote_due_key()
        except Exception:
            logger.exception("a signing key was not promoted", extra={"tenant": tenant_id})
