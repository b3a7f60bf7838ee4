"""From an order to the message that goes out."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from common.crypto import seal, unseal
from connectors.factories import ConnectorType, MessageFactory, OutgoingMessage
from connectors.mailboxes import fill_mailbox
from connectors.messages import (
    NOTIFICATIONS,
    MessageTemplate,
    TemplateType,
    built_in,
    built_in_sms,
    fill,
    in_words,
)
from connectors.selectors import email_template_details

_SEAL_CONTEXT = "message"


def seal_order(order: Mapping[str, Any]) -> str:
    """Return an order as text for the broker; sealed, because a code must not lie readable there."""
    return base64.b64encode(seal(json.dumps(order), context=_SEAL_CONTEXT)).decode()


def open_order(sealed: str) -> dict[str, Any]:
    """Return what `seal_order` sealed."""
    order: dict[str, Any] = json.loads(unseal(base64.b64decode(sealed), context=_SEAL_CONTEXT))
    return order


def compose_message(order: Mapping[str, Any], factory: MessageFactory, config: Mapping[str, Any]) -> OutgoingMessage:
    """Choose the template and fill it."""
    template_type = TemplateType(order["template_type"])
    payload = in_words(template_type, {**order["payload"], "locale": order["locale"]}, order["locale"])
    common = {"channel": order["channel"], "recipient": order["recipient"], "template_type": template_type.value}
    if factory.type is ConnectorType.SMS:
        text = built_in_sms(template_type, payload, order["locale"])
        return OutgoingMessage(**common, subject="", content=text, payload=payload)
    template = _find_template(template_type, order["locale"], order["fallback_locale"], config)
    if template is None:
        subject, html, text = built_in(template_type, payload, order["locale"])
        return OutgoingMessage(
            **common, subject=subject, content=html, content_type="text/html", text_content=text, payload=payload
        )
    return OutgoingMessage(
        **common,
        subject=fill(template.subject, payload),
        content=fill(template.content, payload, html=template.content_type == "text/html"),
        content_type=template.content_type,
        send_from=fill_mailbox(template.send_from, payload),
        reply_to=fill_mailbox(template.reply_to, payload),
        payload=payload,
    )


def _find_template(
    template_type: TemplateType, locale: str, fallback_locale: str, config: Mapping[str, Any]
) -> MessageTemplate | None:
    own = email_template_details()
    kinds = [template_type] if template_type in NOTIFICATIONS else [template_type, TemplateType.GENERIC]
    for key in ((template_type, locale), *((kind, fallback_locale) for kind in kinds)):
        if key in own:
            return MessageTemplate.from_details(own[key])
    configured = {row["usageType"]: row for row in config.get("templates") or []}
    row = next((configured[kind] for kind in kinds if kind in configured), None)
    return MessageTemplate.from_details(row) if row else None
