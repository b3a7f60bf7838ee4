"""Sending what waits for a tenant's webhooks: several requests at a time, each settled as it is answered."""

import logging
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from django.conf import settings
from django.db import Error

from common.clock import now
from common.ids import new_id
from events.webhooks.claims import Claimed, claim, is_anything_due
from events.webhooks.configuration import config_of, signing_keys_of
from events.webhooks.models import Delivery, Hook
from events.webhooks.pausing import pause_if_dead
from events.webhooks.schedule import find_delay
from events.webhooks.sending import Outcome, send
from tenants.context import current_tenant_id
from tenants.database.conflicts import atomic_with_retries
from tenants.database.statements import new_row, write_rows

#: For how long, in seconds, a tenant has a worker before others have their turn.
RUN_SECONDS = 20.0

logger = logging.getLogger(__name__)

# A success counts whoever holds the delivery by now; a failure is the holder's to tell. The webhook is locked before
# its delivery, as by whoever deletes both: the attempt's key would ask for it at the end, and the two would wait for
# each other. Nothing is told of one that is being deleted.
_SETTLE = """
hook AS (
  SELECT id FROM events_hook WHERE tenant_id = %s AND id = %s FOR KEY SHARE SKIP LOCKED
), done AS (
  UPDATE events_delivery d SET state = %s, due_at = %s, leased_until = NULL, leased_by = '' FROM hook
  WHERE d.tenant_id = %s AND d.id = %s AND d.hook_id = hook.id AND (%s OR (leased_by = %s AND tries = %s))
  RETURNING d.id
), fit AS (SELECT 1 FROM done)"""


def deliver_waiting(*, seconds: float) -> bool:
    """Send what is due for the current tenant's webhooks until nothing is, or the time is up; whether some is left.

    Run by as many workers as like: each delivery is one's alone (`claims`).
    """
    worker, deadline = new_id(), time.monotonic() + seconds
    capacity = settings.WEBHOOK_CONCURRENCY_PER_TENANT
    under_way: dict[Future[Outcome], Claimed] = {}
    hooks: dict[str, Hook] = {}
    with ThreadPoolExecutor(max_workers=capacity, thread_name_prefix="webhook") as pool:
        while True:
            free = capacity - len(under_way)
            # By halves: a claim for each place that gets free costs more than it brings.
            if free >= (capacity + 1) // 2 and time.monotonic() < deadline:
                claimed = claim(worker, capacity=free)
                if claimed:
                    hooks = {hook.id: hook for hook in Hook.objects.filter(id__in={item.hook_id for item in claimed})}
                for item in claimed:
                    if (hook := hooks.get(item.hook_id)) is not None:
                        config, keys = config_of(hook), signing_keys_of(hook)
                        sent = pool.submit(send, config, keys, message_id=item.message_id, body=item.body)
                        under_way[sent] = item
            if not under_way:
                break
            for sent in wait(under_way, return_when=FIRST_COMPLETED).done:
                item = under_way.pop(sent)
                try:
                    settle(item, sent.result(), worker=worker)
                except Error:
                    # It is sent again when its lease ends; the others, which were sent too, must not be.
                    logger.exception("what came of a delivery was not written", extra={"delivery": item.message_id})
    return time.monotonic() >= deadline and is_anything_due(now())


@atomic_with_retries
def settle(claimed: Claimed, outcome: Outcome, *, worker: str) -> None:
    """Write what came of a request: one statement. A last failure may pause the webhook."""
    moment = now()
    state, due_at = Delivery.State.DELIVERED, None
    if not outcome.is_success:
        hook = Hook.objects.filter(id=claimed.hook_id).first()
        retries = config_of(hook).get("retries") if hook is not None else 0
        delay = None if outcome.is_gone else find_delay(claimed.tries, retries=retries, wait=outcome.wait)
        state = Delivery.State.FAILED if delay is None else Delivery.State.PENDING
        due_at = None if delay is None else moment + delay
    attempt = new_row(
        "events_attempt",
        id=new_id(),
        tenant_id=current_tenant_id(),
        hook_id=claimed.hook_id,
        delivery_id=claimed.id,
        is_success=outcome.is_success,
        status=outcome.status or None,
        answer=outcome.answer,
        error=outcome.error,
        duration=outcome.duration,
        created_at=moment,
    )
    held = [current_tenant_id(), claimed.hook_id]
    place = [current_tenant_id(), claimed.id, outcome.is_success, worker, claimed.tries]
    is_told = write_rows([attempt], when=_SETTLE, parameters=[*held, state.value, due_at, *place])
    if is_told and state is Delivery.State.FAILED:
        pause_if_dead(claimed.hook_id, is_gone=outcome.is_gone)
