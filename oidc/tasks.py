"""Back-channel logout, clean-ups and the promotion of signing keys that are due."""

import logging
from typing import Any

from celery import Task, shared_task

from oidc.logout.delivery import LogoutNotDelivered, deliver_logout, give_up_logout
from oidc.services.clean_up import delete_expired
from oidc.services.client_registration import delete_unused_clients
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.keys import list_tenants_with_due_keys, promote_due_key

logger = logging.getLogger(__name__)

_MAX_RETRIES = 5
_FIRST_DELAY_SECONDS = 5


@shared_task(bind=True, max_retries=_MAX_RETRIES)
def send_logout_token(
    task: "Task[Any, Any]", tenant_id: str, *, issuer: str, client_id: str, user_id: str, sid: str
) -> None:
    """Tell one application that a user is signed out; transient failures are tried again after 5, 15, 45 … seconds.

    Without a queue there is nothing to wait in: then it is told once.
    """
    message = {"client_id": client_id, "user_id": user_id, "sid": sid}
    with enter_tenant(tenant_id):
        try:
            deliver_logout(issuer=issuer, **message)
        except LogoutNotDelivered as error:
            retries = task.request.retries
            if error.permanent or task.request.is_eager or retries >= _MAX_RETRIES:
                give_up_logout(**message, error=error, attempts=retries + 1)
                return
            raise task.retry(exc=error, countdown=_FIRST_DELAY_SECONDS * 3**retries) from error


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
