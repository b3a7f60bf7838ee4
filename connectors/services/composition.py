"""From an order to the message that goes out."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from common.crypto import seal, unseal
from connectors.factories import ConnectorType, MessageFactory, OutgoingMessage
from connectors.mailboxes import fill_mailbox
from connectors.message_style import current_message_style
from connectors.messages import (
    NOTIFICATIONS,
    MessageTemplate,
    TemplateType,
    built_in,
    built_in_sms,
    fill,
    in_words,
    is_same_language,
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
    template_type, locale = TemplateType(order["template_type"]), order["locale"]
    payload = in_words(template_type, {**order["payload"], "locale": locale}, locale)
    common = {
        "channel": order["channel"],
        "recipient": order["recipient"],
        "template_type": template_type.value,
        "payload": payload,
        "ip": order.get("ip", ""),
    }
    configured = _find_configured(template_type, factory.templates_of(config), locale)
    if factory.type is ConnectorType.SMS:
        words = (configured or {}).get("content")
        text = fill(words, payload) if words else built_in_sms(template_type, payload, locale)
        return OutgoingMessage(**common, subject="", content=text, provider_template=None if words else configured)
    template = _find_own(template_type, locale)
    if template is None and configured and "content" in configured:
        template = MessageTemplate.from_details(configured)
    email = write_email(template_type, payload, locale, template=template)
    return OutgoingMessage(**common, **email, provider_template=None if template else configured)


def write_email(
    template_type: TemplateType, payload: Mapping[str, Any], locale: str, *, template: MessageTemplate | None
) -> dict[str, Any]:
    """Return the parts of an email as `OutgoingMessage` names them, in the words of a template or the built-in ones."""
    if template is None:
        subject, html, text = built_in(template_type, payload, locale)
        return {"subject": subject, "content": html, "content_type": "text/html", "text_content": text}
    return {
        "subject": fill(template.subject, payload),
        "content": fill(template.content, payload, html=template.content_type == "text/html"),
        "content_type": template.content_type,
        "text_content": fill(template.text_content, payload),
        "send_from": fill_mailbox(template.send_from, payload),
        "reply_to": fill_mailbox(template.reply_to, payload),
    }


def _find_own(template_type: TemplateType, locale: str) -> MessageTemplate | None:
    """The tenant's own template, which goes before those of a connector."""
    own = email_template_details()
    fallback = current_message_style().fallback_language
    for kind, tag in ((template_type, locale), *((kind, fallback) for kind in _kinds(template_type))):
        found = own.get((kind, tag)) or next(
            (
                details
                for (other, language), details in own.items()
                if other == kind and is_same_language(language, tag)
            ),
            None,
        )
        if found:
            return MessageTemplate.from_details(found)
    return None


def _find_configured(
    template_type: TemplateType, templates: Sequence[Mapping[str, Any]], locale: str
) -> Mapping[str, Any] | None:
    """The connector's template of a type; of several the one whose `language` is closest to the reader's."""
    wanted = _language_tag(locale)

    def distance(row: Mapping[str, Any]) -> tuple[bool, bool]:
        tag = _language_tag(row.get("language", ""))
        return tag != wanted, tag.partition("-")[0] != wanted.partition("-")[0]

    for kind in _kinds(template_type):
        if rows := [row for row in templates if row["usageType"] == kind]:
            return min(rows, key=distance)
    return None


def _language_tag(name: str) -> str:
    return name.replace("_", "-").lower()


def _kinds(template_type: TemplateType) -> list[TemplateType]:
    return [template_type] if template_type in NOTIFICATIONS else [template_type, TemplateType.GENERIC]
