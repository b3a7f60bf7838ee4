"""Messages to people: the words are chosen here, and handed to the tenant's connector by Celery."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import translation

from common.errors import AppError
from common.request_context import request_origin
from connectors.factories import Channel
from connectors.message_style import current_message_style
from connectors.messages import TemplateType
from connectors.selectors import find_active_connector
from connectors.services.composition import seal_order
from connectors.tasks import deliver_message, discard_message
from tenants.context import current_tenant_id


def send_message(
    *,
    channel: Channel,
    recipient: str,
    template_type: str,
    payload: Mapping[str, Any],
    locale: str | None = None,
) -> None:
    """Send a message once the current transaction has committed.

    `payload` fills the template: `code` or `link`, and `application`, `organization`, `user` where known. `locale` is
    the tag of the reader's language, the active one by default; without a template in it the tenant's fallback language
    counts. Raises `connector.not_found` (501) if the tenant has no connector for the channel.
    """
    _hand_over(deliver_message, channel, recipient, template_type, payload, locale)


def withhold_message(
    *,
    channel: Channel,
    recipient: str,
    template_type: str,
    payload: Mapping[str, Any],
    locale: str | None = None,
) -> None:
    """Do all that `send_message` does, for nobody: the worker drops it. The time an answer takes tells nothing."""
    _hand_over(discard_message, channel, recipient, template_type, payload, locale)


def _hand_over(
    task: Any, channel: Channel, recipient: str, template_type: str, payload: Mapping[str, Any], locale: str | None
) -> None:
    if find_active_connector(channel) is None:
        raise AppError("connector.not_found", status=501, data={"type": "Email" if channel == "email" else "Sms"})
    order = {
        "channel": channel,
        "recipient": recipient,
        "template_type": TemplateType(template_type).value,
        "payload": dict(payload),
        "locale": locale or translation.get_language() or current_message_style().fallback_language,
        "ip": request_origin().ip,
    }
    tenant_id, sealed = current_tenant_id(), seal_order(order)
    transaction.on_commit(lambda: task.delay(tenant_id, sealed))
