"""The outbox: what webhooks are to be told, written in the transaction of what it tells of.

An event that no webhook of the tenant wants costs no statement: which are wanted is cached with the configuration.
"""

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType

from common.clock import now
from common.ids import new_id
from events.history import Event, subscribe
from events.webhooks.configuration import events_of
from events.webhooks.models import Hook
from events.webhooks.names import EVENTS, Kind
from events.webhooks.payloads import body_for, is_told, payload_of
from events.webhooks.volume import note_written
from events.webhooks.waking import wake_on_commit
from tenants.configuration import cached
from tenants.context import current_tenant_id
from tenants.database.statements import write
from tenants.rate_limits import find_wait

# A webhook that is deleted meanwhile is left out: its key would be missed at the commit of what is told of. One that is
# being deleted is not waited for: with everything that was sent to it that takes long, and people wait here.
_WRITE = """
INSERT INTO events_delivery (tenant_id, message_id, hook_id, event, body, state, tries, leased_by, due_at, created_at)
SELECT %(tenant)s, n.message_id, h.id, %(event)s, n.body, 'pending', 0, '', %(moment)s, %(moment)s
FROM unnest(%(messages)s::varchar[], %(hooks)s::varchar[], %(bodies)s::text[]) AS n (message_id, hook_id, body)
JOIN events_hook h ON h.tenant_id = %(tenant)s AND h.id = n.hook_id
FOR KEY SHARE OF h SKIP LOCKED"""


def hooks_wanting(event: str) -> tuple[str, ...]:
    """Return the ids of the current tenant's enabled webhooks that are sent an event; cached."""
    return cached("webhooks", "wanted", _load).get(event, ())


def _load() -> Mapping[str, tuple[str, ...]]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for hook in Hook.objects.filter(enabled=True).only("id", "event", "events").order_by("created_at", "id"):
        for name in events_of(hook):
            wanted[name].append(hook.id)
    return MappingProxyType({name: tuple(ids) for name, ids in wanted.items()})


def write_to_outbox(event: Event) -> None:
    """Write an event for each webhook that wants it. 1 statement, and those that its payload is read by.

    What unauthenticated callers can cause as often as they like is told within `WEBHOOK_EXCEPTION_LIMIT`.
    """
    hook_ids = hooks_wanting(event.name)
    if not hook_ids or not is_told(event):
        return
    if EVENTS[event.name] is Kind.EXCEPTION and find_wait("WEBHOOK_EXCEPTION_LIMIT"):
        return
    moment = now()
    payload = payload_of(event, moment=moment)
    bodies = [body_for(payload, hook_id) for hook_id in hook_ids]
    parameters = {
        "tenant": current_tenant_id(),
        "event": event.name,
        "moment": moment,
        "hooks": list(hook_ids),
        "messages": [new_id() for _hook_id in hook_ids],
        "bodies": bodies,
    }
    if write(_WRITE, parameters):
        note_written(sum(len(body.encode()) for body in bodies))
        wake_on_commit()


def connect() -> None:
    """Subscribe to every event of the contract; called once, by the app's `ready`."""
    for name in EVENTS:
        subscribe(name, write_to_outbox)
