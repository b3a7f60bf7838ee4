"""What is kept of bounces and complaints: that, when and why, by the digest of the address."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from common.clock import now
from connectors.address_digests import address_digests
from connectors.address_events import AddressEvent, ProblemKind
from connectors.factories import Channel, find_factory
from connectors.models import Connector, DeliveryProblem
from events.history import Subject, record

BOUNCED = "Message.Bounced"
COMPLAINED = "Message.Complained"

#: Reports about what happened longer ago are too late: what was cleared meanwhile is no longer known.
MAX_EVENT_AGE = timedelta(days=7)
#: How long a problem, or the mark that it was cleared, is kept after its last change.
RETENTION = timedelta(days=365)

# How many reports of an address are known again.
_REMEMBERED = 20


@transaction.atomic
def note_problem(event: AddressEvent, *, connector: Connector) -> bool:
    """Keep a report whose address is in its compared form, and return whether it said something new.

    What is older than the latest report of the address, than the moment at which its problem was cleared, or than
    `MAX_EVENT_AGE`, says nothing new; nor does a report that was there before.
    """
    moment = now()
    # A provider's clock may be ahead of this one.
    happened = min(event.occurred_at, moment)
    if happened < moment - MAX_EVENT_AGE:
        return False
    digests, event_digest = address_digests(event.channel, event.address), _event_digest(event)
    values = {
        "kind": event.kind.value,
        "reason": event.reason.value,
        "factory_id": connector.factory_id,
        "connector_id": connector.id,
        "occurred_at": happened,
        "cleared_at": None,
        "changed_at": moment,
    }
    rows = DeliveryProblem.objects.select_for_update().filter(channel=event.channel)
    row = rows.filter(address_digest__in=digests).first()
    if row is None:
        row, is_new = DeliveryProblem.objects.get_or_create(
            channel=event.channel, address_digest=digests[0], defaults={**values, "event_digests": [event_digest]}
        )
    else:
        is_new = False
    if not is_new:
        if event_digest in row.event_digests or happened <= _latest(row):
            return False
        known = [*row.event_digests, event_digest][-_REMEMBERED:]
        DeliveryProblem.objects.filter(id=row.id).update(**values, event_digests=known)
    factory = find_factory(connector.factory_id)
    record(
        BOUNCED if event.kind is ProblemKind.HARD_BOUNCE else COMPLAINED,
        subject=Subject("Connector", connector.id, factory.name if factory else connector.factory_id),
        channel=event.channel,
        reason=event.reason.value,
        data={"channel": event.channel, "address": event.address, "kind": event.kind.value},
    )
    return True


def clear_problem(channel: Channel, address: str) -> bool:
    """Forget what is wrong with an address, in its compared form; whether there was something. One statement."""
    moment = now()
    found = DeliveryProblem.objects.filter(
        channel=channel, address_digest__in=address_digests(channel, address), cleared_at__isnull=True
    )
    return bool(found.update(cleared_at=moment, changed_at=moment))


def delete_old_problems() -> None:
    """Delete the tenant's problems, and marks of cleared ones, that nothing changed for `RETENTION`."""
    DeliveryProblem.objects.filter(changed_at__lt=now() - RETENTION).delete()


def _latest(row: DeliveryProblem) -> datetime:
    return max(row.occurred_at, row.cleared_at or row.occurred_at)


def _event_digest(event: AddressEvent) -> str:
    name = event.event_id or f"{event.kind} {event.occurred_at.isoformat()}"
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]
