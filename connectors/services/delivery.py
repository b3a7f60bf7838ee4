"""The last step of a message: through the tenant's connector and out."""

import logging
import traceback
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.actors import Actor
from common.email_addresses import is_valid_email
from common.errors import AppError, invalid_value
from connectors.factories import Channel, MessageFactory, get_factory
from connectors.failures import DeliveryError, FailureKind
from connectors.messages import TemplateType
from connectors.samples import sample_payload
from connectors.selectors import find_active_connector
from connectors.services.composition import compose_message, open_order
from connectors.services.failures import note_failure
from events.history import Subject, record

logger = logging.getLogger(__name__)

_TESTED = "Connector.Tested"
_NUMBER_LENGTHS = range(3, 16)
_CODE_OF_KIND = {
    FailureKind.RATE_LIMITED: "connector.rate_limit_exceeded",
    FailureKind.ACCOUNT_LIMITED: "connector.usage_limit_exceeded",
    FailureKind.TEMPLATE_NOT_FOUND: "connector.template_not_found",
}


def deliver(sealed: str) -> None:
    """Send an order of `send_message`. A failure is noted at the connector, and raised as `DeliveryError`."""
    order = open_order(sealed)
    active = find_active_connector(order["channel"])
    if active is None:
        raise DeliveryError(FailureKind.CONNECTOR_REMOVED)
    try:
        _hand_over(order, active.factory, active.config)
    except DeliveryError as error:
        note_failure(active.id, reason=error.kind, template_type=order["template_type"])
        raise


def send_test_message(
    *,
    factory_id: str,
    channel: Channel,
    recipient: str,
    config: Mapping[str, Any],
    template_type: TemplateType = TemplateType.GENERIC,
    locale: str = "en",
    actor: Actor,
) -> None:
    """Send a message with made-up values through a configuration that need not be stored yet; recorded.

    The code is 000000. The words are those that a message of this type and language would have.

    Raises `connector.not_found`, `connector.unexpected_type`, `connector.invalid_config`, `guard.invalid_input` for a
    recipient that is none, and `connector.general` or a code of `_CODE_OF_KIND` with the kind of failure and the
    provider's words in `data`.
    """
    factory = get_factory(factory_id)
    if not isinstance(factory, MessageFactory) or factory.channel != channel:
        raise AppError("connector.unexpected_type")
    _validate_recipient(channel, recipient)
    checked = factory.validated(config)
    order = {
        "channel": channel,
        "recipient": recipient,
        "template_type": template_type.value,
        "payload": sample_payload(template_type),
        "locale": locale,
    }
    subject = Subject("Connector", factory.id, str(factory.name))
    try:
        _hand_over(order, factory, checked)
    except DeliveryError as error:
        code = _CODE_OF_KIND.get(error.kind, "connector.general")
        failure = AppError(code, data={"reason": error.kind.value, "message": error.explanation})
        record(_TESTED, actor=actor, subject=subject, error=failure, status="failed", reason=error.kind.value)
        raise failure from None
    record(_TESTED, actor=actor, subject=subject, status="sent")


def _hand_over(order: Mapping[str, Any], factory: MessageFactory, config: Mapping[str, Any]) -> None:
    try:
        factory.connector.send(compose_message(order, factory, config), config)
    except DeliveryError:
        raise
    except Exception as error:  # noqa: BLE001 - the text of whatever it is may hold the recipient, and is not let out
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename}:{place.lineno}"
        logger.error("a message could not be handed over", extra={"error": type(error).__name__, "where": where})
        raise DeliveryError(FailureKind.INTERNAL) from None


def _validate_recipient(channel: Channel, recipient: str) -> None:
    if channel == "email":
        if not is_valid_email(recipient):
            raise invalid_value("email", _("This is not an email address."), code="invalid")
    elif not (recipient.isascii() and recipient.isdecimal() and len(recipient) in _NUMBER_LENGTHS):
        raise invalid_value("phone", _("Enter the number with its country code, in digits alone."), code="invalid")
