"""Messages to people: the words are chosen here, and handed to the tenant's connector by Celery."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import translation

from common.errors import AppError
from connectors.factories import Channel
from connectors.messages import TemplateType
from connectors.selectors import find_active_connector
from connectors.services.composition import seal_order
from connectors.tasks import deliver_message
from tenants.context import current_tenant_id


def send_message(
    *,
    channel: Channel,
    recipient: str,
    template_type: str,
    payload: Mapping[str, Any],
    locale: str | None = None,
    fallback_locale: str = "en",
) -> None:
    """Send a message once the current transaction has committed.

    `payload` fills the template: `code` or `link`, and `application`, `organization`, `user` where known. `locale` is
    the reader's language, the active one by default. Raises `connector.not_found` (501) if the tenant has no
    connector for the channel.
    """
    if find_active_connector(channel) is None:
        raise AppError("connector.not_found", status=501, data={"type": "Email" if channel == "email" else "Sms"})
    order = {
        "channel": channel,
        "recipient": recipient,
        "template_type": TemplateType(template_type).value,
        "payload": dict(payload),
        "locale": locale or translation.get_language() or fallback_locale,
        "fallback_locale": fallback_locale,
    }
    tenant_id, sealed = current_tenant_id(), seal_order(order)
    transaction.on_commit(lambda: deliver_message.delay(tenant_id, sealed))
