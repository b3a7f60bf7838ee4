"""Imports are run in the background, a slice at a time: other work gets its turn, and a lost task loses a slice."""

import logging

from celery import shared_task
from django.conf import settings

from common.clock import now
from identity.imports.running import run_user_import
from identity.imports.selectors import list_waiting_imports
from tenants.context import enter_tenant

logger = logging.getLogger(__name__)

# In seconds. Without a queue the task runs within a request, or in beat, where others wait for its end.
SLICE = 20.0
SLICE_IN_REQUEST = 2.0


@shared_task
def run_import(tenant_id: str, import_id: str, seconds: float | None = None) -> None:
    """Run a tenant's import for a slice, and hand the rest to the next task; without a queue beat goes on."""
    is_queued = not settings.CELERY_TASK_ALWAYS_EAGER
    with enter_tenant(tenant_id):
        is_left = run_user_import(import_id, seconds=seconds or (SLICE if is_queued else SLICE_IN_REQUEST))
    if is_left and is_queued:
        run_import.delay(tenant_id, import_id)


@shared_task
def continue_imports() -> None:
    """Go on with every import that nobody runs: after a crash, and wherever there is no queue."""
    for tenant_id, import_id in list_waiting_imports(moment=now()):
        run_import.delay(tenant_id, import_id, SLICE)
