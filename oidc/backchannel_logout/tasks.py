"""Delivery of logout tokens in the background."""

from typing import Any

from celery import Task, shared_task
from django.conf import settings

from oidc.backchannel_logout.delivery import LogoutDeliveryError, deliver_logout, give_up_logout
from tenants.context import enter_tenant
from tenants.shares import Share, come_again

_MAX_RETRIES = 5
_FIRST_DELAY_SECONDS = 5

_share = Share(settings.WORKER_LANES["deliveries"])


@shared_task(bind=True, max_retries=_MAX_RETRIES)
def send_logout_token(
    task: "Task[Any, Any]", tenant_id: str, *, issuer: str, client_id: str, user_id: str, sid: str, waits: int = 0
) -> None:
    """Tell one application that a user is signed out; transient failures are tried again after 5, 15, 45 … seconds.

    Applications of one tenant that hang would soon have every thread that webhooks of all tenants need: beyond the
    tenant's share they wait, how often is `waits`. Without a queue there is nothing to wait in: then it is told once.
    """
    message = {"client_id": client_id, "user_id": user_id, "sid": sid}
    with enter_tenant(tenant_id), _share.place() as has_place:
        retries, is_eager = task.request.retries, task.request.is_eager
        try:
            if not has_place and not is_eager:
                if come_again(task, waits):
                    return
                raise LogoutDeliveryError("too many logouts at a time", permanent=True)
            deliver_logout(issuer=issuer, **message)
        except LogoutDeliveryError as error:
            if error.permanent or is_eager or retries >= _MAX_RETRIES:
                give_up_logout(**message, error=error, attempts=retries + 1)
                return
            raise task.retry(exc=error, countdown=_FIRST_DELAY_SECONDS * 3**retries) from error
