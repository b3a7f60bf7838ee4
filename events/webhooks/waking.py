"""Who delivers: a Celery worker, or without a queue a thread of this process. Either only begins what waits.

Nothing is lost if neither comes to it: beat looks every ten seconds.
"""

from functools import partial

from celery import current_app
from django.conf import settings
from django.db import connection, transaction

from events.in_process import Threads
from events.webhooks.delivery import RUN_SECONDS, deliver_waiting
from tenants.context import current_tenant_id, enter_tenant

_TASK = "events.tasks.deliver_webhooks"
_EXPIRES_AFTER = 60
# Without a queue.
threads = Threads("webhooks", most=4)


def wake_on_commit() -> None:
    """Let what waits for the current tenant's webhooks be sent once the transaction has committed."""
    tenant_id = current_tenant_id()
    callback = partial(wake, tenant_id)
    last = connection.run_on_commit[-1][1] if connection.run_on_commit else None
    if isinstance(last, partial) and (last.func, last.args) == (callback.func, callback.args):
        return
    # The change stands whether or not the queue can be reached.
    transaction.on_commit(callback, robust=True)


def wake(tenant_id: str) -> None:
    """Let what waits for a tenant's webhooks be sent."""
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        # Beat asks again: without a worker these must not pile up.
        current_app.send_task(_TASK, [tenant_id], expires=_EXPIRES_AFTER)
        return
    threads.start(tenant_id, partial(_deliver, tenant_id))


def _deliver(tenant_id: str) -> bool:
    with enter_tenant(tenant_id):
        return deliver_waiting(seconds=RUN_SECONDS)
