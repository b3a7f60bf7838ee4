"""Who sends a stream: a Celery worker, or without a queue a thread of this process: beat waits for no collector."""

from functools import partial

from celery import current_app
from django.conf import settings

from events.in_process import Threads
from events.streams.delivery import deliver_stream
from tenants.context import enter_tenant

_TASK = "events.tasks.deliver_log_stream"
# Seconds. Beat asks for streams again long before: without a worker these must not pile up.
_EXPIRES_AFTER = 60
# Without a queue.
threads = Threads("log streams", most=4)


def wake_stream(tenant_id: str, stream_id: str) -> None:
    """Let what a tenant's stream has not sent yet be sent."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        threads.start((tenant_id, stream_id), partial(_deliver, tenant_id, stream_id))
    else:
        current_app.send_task(_TASK, [tenant_id, stream_id], expires=_EXPIRES_AFTER)


def _deliver(tenant_id: str, stream_id: str) -> bool:
    with enter_tenant(tenant_id):
        deliver_stream(stream_id)
    # Beat looks again in a moment.
    return False
