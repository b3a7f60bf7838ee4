"""Who sends what: deliveries are claimed under a lease, by as many workers as there are.

A claim takes what is due and held by nobody (`FOR UPDATE SKIP LOCKED`), and makes it due again when the lease ends: a
worker that is killed loses nothing, and another sends it then, under the same id. Of one tenant and of one hook no more
are under way than the settings allow, so that none starves the others.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from common.clock import now
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_all, fetch_value


class Claimed(NamedTuple):
    """A delivery that is this worker's to send until its lease ends."""

    id: int
    message_id: str
    hook_id: str
    event: str
    body: str
    tries: int


_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"

# Hooks that are not ordered give what is due first; one that is gives its oldest alone, which blocks those behind it.
_CLAIM = """
WITH busy AS (
  SELECT hook_id, leased_by FROM events_delivery
  WHERE tenant_id = %(tenant)s AND leased_until IS NOT NULL AND leased_until > %(moment)s AND state = 'pending'
), free AS (
  SELECT CASE
    WHEN count(*) FILTER (WHERE leased_by = %(worker)s) = 0 AND count(DISTINCT leased_by) >= %(workers)s THEN 0
    ELSE least(%(capacity)s::bigint, greatest(0, %(per_tenant)s - count(*)))
  END AS places FROM busy
), open AS (
  SELECT h.id, h.is_ordered,
    greatest(0, %(per_hook)s - (SELECT count(*) FROM busy WHERE busy.hook_id = h.id)) AS places
  FROM events_hook h
  WHERE h.tenant_id = %(tenant)s AND h.enabled AND h.paused_at IS NULL
), found AS (
  SELECT due.id, due.due_at FROM open CROSS JOIN LATERAL (
    SELECT d.id, d.due_at FROM events_delivery d
    WHERE d.tenant_id = %(tenant)s AND d.hook_id = open.id AND d.state = 'pending' AND d.due_at <= %(moment)s
    ORDER BY d.due_at LIMIT open.places FOR UPDATE SKIP LOCKED
  ) due WHERE NOT open.is_ordered
  UNION ALL
  SELECT oldest.id, oldest.due_at FROM open CROSS JOIN LATERAL (
    SELECT d.id, d.due_at FROM events_delivery d
    WHERE d.tenant_id = %(tenant)s AND d.hook_id = open.id AND d.state = 'pending'
    ORDER BY d.id LIMIT 1 FOR UPDATE
  ) oldest WHERE open.is_ordered AND oldest.due_at <= %(moment)s
), chosen AS (
  SELECT id FROM found ORDER BY due_at, id LIMIT (SELECT places FROM free)
)
UPDATE events_delivery d
SET due_at = %(until)s, leased_until = %(until)s, leased_by = %(worker)s, tries = d.tries + 1
FROM chosen WHERE d.id = chosen.id
RETURNING d.id, d.message_id, d.hook_id, d.event, d.body, d.tries"""

_IS_LEFT = """
SELECT EXISTS (
  SELECT 1 FROM events_hook h WHERE h.tenant_id = %(tenant)s AND h.enabled AND h.paused_at IS NULL AND EXISTS (
    SELECT 1 FROM events_delivery d
    WHERE d.tenant_id = h.tenant_id AND d.hook_id = h.id AND d.state = 'pending' AND d.due_at <= %(moment)s))"""


@transaction.atomic
def claim(worker: str, *, capacity: int) -> Sequence[Claimed]:
    """Claim at most `capacity` of the current tenant's deliveries that are due, in their order. 2 statements."""
    tenant_id = current_tenant_id()
    # One claim of a tenant after the other: each must see what the others hold.
    fetch_value(_TURN, [f"webhooks\x1f{tenant_id}"])
    moment = now()
    parameters = {
        "tenant": tenant_id,
        "worker": worker,
        "workers": settings.WEBHOOK_WORKERS_PER_TENANT,
        "capacity": capacity,
        "per_tenant": settings.WEBHOOK_CONCURRENCY_PER_TENANT,
        "per_hook": settings.WEBHOOK_CONCURRENCY_PER_HOOK,
        "moment": moment,
        "until": moment + timedelta(seconds=settings.WEBHOOK_LEASE),
    }
    return sorted(fetch_all(Claimed, _CLAIM, parameters))


def is_anything_due(moment: datetime) -> bool:
    """Whether something of the current tenant's could be sent now. 1 statement."""
    return bool(fetch_value(_IS_LEFT, {"tenant": current_tenant_id(), "moment": moment}))
