"""Email through Mailgun (API v3)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from anymail.backends.mailgun import EmailBackend

from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import FailureKind
from connectors.kinds.anymail_email import prepare_email, prepare_templated_email, send_by_backend
from connectors.kinds.envelopes import address_email
from connectors.kinds.guides import read_guide
from connectors.kinds.mailgun.config import MailgunConfig
from connectors.kinds.mailgun.events import MailgunEvents
from connectors.messages import fill

FACTORY_ID = "mailgun-email"

_ENDPOINT = "https://api.mailgun.net"
# An unknown domain is answered like this; the key may be fine.
_KINDS = {"Domain not found": FailureKind.SENDER_REFUSED}


class MailgunConnector:
    """Posts to `/v3/<domain>/messages`."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        template = message.provider_template
        envelope = address_email(message, sender=config["from"], reply_to=(template or {}).get("replyTo", ""))
        if template is None:
            mail = prepare_email(message, envelope)
        else:
            mail = prepare_templated_email(envelope, subject=fill(template.get("subject", ""), message.payload))
            variables = {**template.get("variables", {}), **message.payload}
            mail.esp_extra = {
                "template": template["template"],
                "t:variables": json.dumps(variables),
            }
        backend = EmailBackend(
            api_key=config["apiKey"],
            api_url=config.get("endpoint", _ENDPOINT).rstrip("/") + "/v3",
            sender_domain=config["domain"],
        )
        send_by_backend(backend, mail, read=_reason, kinds=_KINDS)


def _reason(body: Any) -> tuple[object, object]:
    words = body["message"]
    return ("Domain not found", "") if str(words).startswith("Domain not found") else (None, words)


def _templates_of(config: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The deliveries, an object by usage type, as rows like those of other kinds."""
    rows = []
    for usage_type, delivery in (config.get("deliveries") or {}).items():
        row = {"usageType": usage_type, **delivery}
        if "html" in row:
            row |= {"content": row.pop("html"), "contentType": "text/html", "textContent": row.pop("text", "")}
        rows.append(row)
    return rows


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.EMAIL,
        name="Mailgun",
        description="Send email through Mailgun.",
        connector=MailgunConnector(),
        config=MailgunConfig,
        logo="connectors/logos/mailgun.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("domain", "Domain", required=True, placeholder="mg.example.com"),
            FormItem("apiKey", "API key", required=True, is_confidential=True),
            FormItem("from", "From", required=True, placeholder="Example <no-reply@mg.example.com>"),
            FormItem(
                "endpoint",
                "Endpoint",
                placeholder=_ENDPOINT,
                description="https://api.eu.mailgun.net for domains in the European Union.",
            ),
            FormItem(
                "webhookSigningKey",
                "HTTP webhook signing key",
                description="To be told of bounces and complaints.",
                is_confidential=True,
                is_advanced=True,
            ),
            FormItem("deliveries", "Deliveries", type="Json", default={}),
        ),
        has_templates=True,
        events=MailgunEvents(),
        templates_of=_templates_of,
    )
)
