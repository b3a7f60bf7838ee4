"""Back-channel logout, clean-ups and the promotion of signing keys that are due."""

from celery import shared_task

from oidc.logout.logout_token import deliver_logout_token
from oidc.services.clean_up import delete_expired
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.keys import promote_due_key


@shared_task
def send_logout_token(tenant_id: str, *, issuer: str, client_id: str, user_id: str, sid: str) -> None:
    """Tell one application that a user's session has ended; it is told once."""
    with enter_tenant(tenant_id):
        deliver_logout_token(issuer=issuer, client_id=client_id, user_id=user_id, sid=sid)


@shared_task
def clean_up() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_tenant.delay(tenant_id)


@shared_task
def clean_up_tenant(tenant_id: str) -> None:
    """Delete one tenant's expired requests, codes, tokens, sessions and grants."""
    with enter_tenant(tenant_id):
        delete_expired()


@shared_task
def promote_due_keys() -> None:
    """Make every tenant's Next key Current whose time has come."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        with enter_tenant(tenant_id):
            promote_due_key()
