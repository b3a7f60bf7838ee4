"""Periodic work of this room."""

import logging

from celery import shared_task
from django.db import OperationalError

from events.figures.retention import delete_old_figures
from events.partitions import ensure_partitions
from events.retention import delete_old_entries, drop_old_partitions
from events.streams.delivery import deliver_stream, list_due_streams
from events.streams.waking import wake_stream
from events.webhooks.delivery import RUN_SECONDS, deliver_waiting
from events.webhooks.pruning import delete_old_deliveries
from events.webhooks.selectors import list_tenants_with_hooks, list_waiting_tenants
from events.webhooks.waking import wake
from tenants.context import enter_tenant
from tenants.models import Tenant

logger = logging.getLogger(__name__)


@shared_task
def arrange_audit_log() -> None:
    """Make the audit log's coming months, and drop those that nobody keeps any more."""
    try:
        ensure_partitions()
        drop_old_partitions()
    except OperationalError:
        logger.warning("the audit log is in use: its partitions are arranged the next time", exc_info=True)


@shared_task
def clean_up_audit_logs() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_audit_log.delay(tenant_id)


@shared_task
def clean_up_audit_log(tenant_id: str) -> None:
    """Delete one tenant's entries that are older than they are kept."""
    with enter_tenant(tenant_id):
        delete_old_entries()


@shared_task
def wake_log_streams() -> None:
    """Hand every stream of an audit log that is due to a task, or without a queue to a thread, of its own."""
    for tenant_id, stream_id in list_due_streams():
        wake_stream(tenant_id, stream_id)


@shared_task
def deliver_log_stream(tenant_id: str, stream_id: str) -> None:
    """Send what one stream has not sent yet."""
    with enter_tenant(tenant_id):
        deliver_stream(stream_id)


@shared_task
def clean_up_figures() -> None:
    """Hand every tenant's old figures to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_figures_of_tenant.delay(tenant_id)


@shared_task
def clean_up_figures_of_tenant(tenant_id: str) -> None:
    """Delete one tenant's figures that are older than they are kept."""
    with enter_tenant(tenant_id):
        delete_old_figures()


@shared_task
def deliver_webhooks(tenant_id: str) -> None:
    """Send what waits for one tenant's webhooks, for a while; what is left then has another turn after the others."""
    with enter_tenant(tenant_id):
        is_left = deliver_waiting(seconds=RUN_SECONDS)
    if is_left:
        wake(tenant_id)


@shared_task
def wake_webhooks() -> None:
    """Look after what is due: retries, what a worker has left behind, and what was written while there was no queue."""
    for tenant_id in list_waiting_tenants():
        wake(tenant_id)


@shared_task
def clean_up_deliveries() -> None:
    """Hand the clean-up of every tenant that has webhooks to a task of its own."""
    for tenant_id in list_tenants_with_hooks():
        clean_up_deliveries_of_tenant.delay(tenant_id)


@shared_task
def clean_up_deliveries_of_tenant(tenant_id: str) -> None:
    """Delete one tenant's deliveries that are older, or more, than they are kept."""
    with enter_tenant(tenant_id):
        delete_old_deliveries()
