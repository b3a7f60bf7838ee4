"""Reports of providers on their way from the web process to the task that keeps them."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from common.crypto import seal, unseal
from common.email_addresses import is_valid_email, normalize_email
from connectors.address_events import AddressEvent, ProblemKind, ProblemReason
from connectors.models import Connector
from connectors.services.delivery_problems import note_problem

_SEAL_CONTEXT = "address-events"


def seal_events(events: Sequence[AddressEvent]) -> str:
    """Return reports as text for the broker, in which no address is readable."""
    rows = [
        [event.channel, event.address, event.kind, event.reason, event.occurred_at.isoformat(), event.event_id]
        for event in events
    ]
    return base64.b64encode(seal(json.dumps(rows), context=_SEAL_CONTEXT)).decode()


def take_in_events(connector_id: str, sealed: str) -> None:
    """Keep reports; those about something that is no address are left out."""
    connector = Connector.objects.filter(id=connector_id).first()
    if connector is None:
        return
    for channel, address, kind, reason, occurred_at, event_id in json.loads(
        unseal(base64.b64decode(sealed), context=_SEAL_CONTEXT)
    ):
        compared = _compared(channel, address)
        if compared:
            # Providers that name no offset mean UTC.
            moment = datetime.fromisoformat(occurred_at)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            event = AddressEvent(channel, compared, ProblemKind(kind), ProblemReason(reason), moment, event_id)
            note_problem(event, connector=connector)


def _compared(channel: str, address: str) -> str:
    """The form in which addresses are compared; empty if it is none."""
    if channel == "email":
        return normalize_email(address) if is_valid_email(address) else ""
    digits = address.lstrip("+")
    return digits if digits.isascii() and digits.isdecimal() and len(digits) <= 15 else ""
