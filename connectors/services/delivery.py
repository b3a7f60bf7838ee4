"""The last step of a message: through the tenant's connector and out."""

from collections.abc import Mapping
from typing import Any

from common.actors import Actor
from common.errors import AppError
from connectors.factories import CHANNEL_OF_TYPE, Channel, get_factory
from connectors.failures import DeliveryError, FailureKind
from connectors.messages import TemplateType
from connectors.selectors import find_active_connector
from connectors.services.composition import compose_message, open_order
from events.history import Subject, record

_TEST_CODE = "000000"
_TESTED = "Connector.Tested"


def deliver(sealed: str) -> None:
    """Send an order of `send_message`. Raises `DeliveryError`; a connector removed meanwhile is a permanent one."""
    order = open_order(sealed)
    active = find_active_connector(order["channel"])
    if active is None:
        raise DeliveryError(FailureKind.CONNECTOR_REMOVED)
    active.factory.connector.send(compose_message(order, active.factory, active.config), active.config)


def send_test_message(
    *,
    factory_id: str,
    channel: Channel,
    recipient: str,
    config: Mapping[str, Any],
    locale: str = "en",
    actor: Actor,
) -> None:
    """Send a `Generic` message with code 000000 through a configuration that need not be stored yet; recorded.

    Raises `connector.not_found`, `connector.unexpected_type`, `connector.invalid_config`, and `connector.general` with
    the kind of failure and the provider's words in `data`.
    """
    factory = get_factory(factory_id)
    if CHANNEL_OF_TYPE[factory.type] != channel:
        raise AppError("connector.unexpected_type")
    checked = factory.validated(config)
    order = {
        "channel": channel,
        "recipient": recipient,
        "template_type": TemplateType.GENERIC.value,
        "payload": {"code": _TEST_CODE},
        "locale": locale,
        "fallback_locale": "en",
    }
    subject = Subject("Connector", factory.id, str(factory.name))
    try:
        factory.connector.send(compose_message(order, factory, checked), checked)
    except DeliveryError as error:
        failure = AppError("connector.general", data={"reason": error.kind.value, "message": error.explanation})
        record(_TESTED, actor=actor, subject=subject, error=failure, status="failed")
        raise failure from None
    record(_TESTED, actor=actor, subject=subject, status="sent")
