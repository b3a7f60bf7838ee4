"""Celery tasks of this room."""

import logging
from typing import Any

from celery import Task, shared_task
from django.conf import settings

from common.http import OutboundRequestError, fetch
from connectors.enterprise.services.assertions import delete_expired_assertions
from connectors.failures import DeliveryError, FailureKind
from connectors.services.authorizations import delete_expired_authorizations
from connectors.services.delivery import deliver
from connectors.services.delivery_problems import delete_old_problems
from connectors.services.failures import give_up_message
from connectors.services.report_intake import take_in_events
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.shares import Share, come_again

logger = logging.getLogger(__name__)

_MAX_RETRIES = 5
_FIRST_DELAY_SECONDS = 5

_share = Share(settings.WORKER_LANES["messages"])


@shared_task(bind=True, max_retries=_MAX_RETRIES)
def deliver_message(task: "Task[Any, Any]", tenant_id: str, sealed: str, waits: int = 0) -> None:
    """Deliver a sealed message of a tenant; transient failures are tried again after 5, 10, 20 … seconds.

    A tenant whose mail server hangs would soon have every thread: beyond its share its messages wait, how often is
    `waits`. Without a queue there is nothing to wait in: then a message is tried once.
    """
    with enter_tenant(tenant_id), _share.place() as has_place:
        retries, is_eager = task.request.retries, task.request.is_eager
        try:
            if not has_place and not is_eager:
                if come_again(task, waits):
                    return
                raise DeliveryError(FailureKind.RATE_LIMITED, permanent=True)
            deliver(sealed)
        except DeliveryError as error:
            if error.permanent or is_eager or retries >= _MAX_RETRIES:
                give_up_message(sealed, error, attempts=retries + 1)
                logger.error("message not delivered", extra={"tenant": tenant_id, "reason": error.kind.value})
                return
            raise task.retry(exc=error, countdown=_FIRST_DELAY_SECONDS * 2**retries) from None


@shared_task
def discard_message(tenant_id: str, sealed: str) -> None:
    """Drop a message that was asked for and is for nobody (`withhold_message`)."""


@shared_task
def clean_up_authorizations() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_authorizations_of_tenant.delay(tenant_id)


@shared_task
def clean_up_authorizations_of_tenant(tenant_id: str) -> None:
    """Delete one tenant's sign-ins at providers that nobody finished."""
    with enter_tenant(tenant_id):
        delete_expired_authorizations()


@shared_task
def note_problems(tenant_id: str, connector_id: str, sealed: str) -> None:
    """Keep what a tenant's provider reported of addresses."""
    with enter_tenant(tenant_id):
        take_in_events(connector_id, sealed)


@shared_task
def confirm_event_source(tenant_id: str, url: str) -> None:
    """Tell a provider, at an address of its own, that its reports are welcome."""
    try:
        status = fetch("GET", url).status
    except OutboundRequestError:
        status = 0
    if status != 200:
        logger.error("a provider's reports could not be confirmed", extra={"tenant": tenant_id, "status": status})


@shared_task
def clean_up_problems() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_problems_of_tenant.delay(tenant_id)


@shared_task
def clean_up_problems_of_tenant(tenant_id: str) -> None:
    """Delete what one tenant's providers reported of addresses more than a year ago."""
    with enter_tenant(tenant_id):
        delete_old_problems()


@shared_task
def clean_up_assertions() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_assertions_of_tenant.delay(tenant_id)


@shared_task
def clean_up_assertions_of_tenant(tenant_id: str) -> None:
    """Delete one tenant's notes of SAML assertions that have expired."""
    with enter_tenant(tenant_id):
        delete_expired_assertions()
