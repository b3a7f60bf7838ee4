"""What is kept of messages that were not delivered: when and why, never to whom."""

from django.db import transaction

from common.clock import now
from common.errors import AppError
from connectors.failures import DeliveryError, FailureKind
from connectors.models import Connector, LastFailure
from connectors.selectors import find_active_connector
from connectors.services.composition import open_order
from events.history import Subject, record

NOT_DELIVERED = "Message.DeliveryFailed"


@transaction.atomic
def note_failure(connector_id: str, *, reason: FailureKind, template_type: str) -> None:
    """Keep a failure as the connector's latest; nothing is kept of a connector that was removed meanwhile."""
    connector = Connector.objects.select_for_update(no_key=True).filter(id=connector_id).first()
    if connector is not None:
        LastFailure.objects.update_or_create(
            connector=connector,
            defaults={"reason": reason.value, "template_type": template_type, "occurred_at": now()},
        )


def give_up_message(sealed: str, error: DeliveryError, *, attempts: int) -> None:
    """Record that a message will not be delivered, as `Message.DeliveryFailed`."""
    order = open_order(sealed)
    active = find_active_connector(order["channel"])
    record(
        NOT_DELIVERED,
        subject=Subject("Connector", active.id, str(active.factory.name)) if active else None,
        error=AppError("connector.general"),
        reason=error.kind.value,
        channel=order["channel"],
        templateType=order["template_type"],
        attempts=attempts,
    )
