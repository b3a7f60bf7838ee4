"""How much a process has written to a tenant's outbox, so that it is cleaned up before the clean-up's time comes.

Counting here costs no statement. Each process asks for a clean-up whenever it has written an eighth of what is kept, so
that a tenant has that much more for each process at most, for as long as a clean-up takes.
"""

import threading
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction

from events.in_process import Threads
from events.webhooks.pruning import delete_old_deliveries
from tenants.context import current_tenant_id, enter_tenant

_TASK = "events.tasks.clean_up_deliveries_of_tenant"
_EXPIRES_AFTER = 900

_lock = threading.Lock()
_written: dict[str, int] = {}
# Without a queue.
threads = Threads("clean-ups of webhooks", most=1)


def note_written(size: int) -> None:
    """Count bytes that the current transaction writes to the current tenant's outbox; asks for its clean-up."""
    tenant_id, step = current_tenant_id(), settings.WEBHOOK_BYTES_PER_TENANT // 8
    with _lock:
        total = _written.get(tenant_id, 0) + size
        _written[tenant_id] = 0 if total >= step else total
    if total >= step:
        transaction.on_commit(partial(_clean_up, tenant_id), robust=True)


def _clean_up(tenant_id: str) -> None:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        threads.start(tenant_id, partial(_delete, tenant_id))
    else:
        current_app.send_task(_TASK, [tenant_id], expires=_EXPIRES_AFTER)


def _delete(tenant_id: str) -> bool:
    with enter_tenant(tenant_id):
        delete_old_deliveries()
    return False
