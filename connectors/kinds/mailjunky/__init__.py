"""Email through MailJunky (API v1)."""

from collections.abc import Mapping
from typing import Any

from common.rest.fields import Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.configs import MailboxField, ProviderTemplatedConfig, TokenField
from connectors.kinds.envelopes import address_email, bodies_of, in_header_form, subject_of
from connectors.kinds.guides import read_guide
from connectors.kinds.provider_http import call, refusal

FACTORY_ID = "mailjunky-email-service"

_URL = "https://mailjunky.ai/api/v1/emails/send"


class MailJunkyConfig(ProviderTemplatedConfig):
    """An API key and a sender of a verified domain."""

    apiKey = TokenField()
    fromEmail = MailboxField(min_length=1)
    fromName = Text(required=False, max_length=128)


class MailJunkyConnector:
    """Posts to `/api/v1/emails/send`; an accepted email has an id."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        envelope = address_email(message, sender=config["fromEmail"], sender_name=config.get("fromName", ""))
        text, html = bodies_of(message)
        body: dict[str, Any] = {
            "from": in_header_form(envelope.sender),
            "to": [envelope.recipient],
            "subject": subject_of(message),
            **({"text": text} if text else {}),
            **({"html": html} if html else {}),
            **({"reply_to": in_header_form(envelope.reply_to)} if envelope.reply_to else {}),
        }
        answer = call(_URL, headers={"Authorization": f"Bearer {config['apiKey']}"}, json=body)
        if not answer.is_success:
            words = answer.find("message") or answer.find("error") or answer.text
            raise refusal(answer.status, code=answer.find("code"), words=words)
        if not answer.find("id"):
            raise DeliveryError(FailureKind.UNEXPECTED_ANSWER, permanent=True)


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.EMAIL,
        name="MailJunky",
        description="Send email through MailJunky.",
        connector=MailJunkyConnector(),
        config=MailJunkyConfig,
        logo="connectors/logos/mailjunky.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("apiKey", "API key", required=True, is_confidential=True, placeholder="mj_live_…"),
            FormItem("fromEmail", "From", required=True, placeholder="no-reply@example.com"),
            FormItem("fromName", "Sender's name", placeholder="Example"),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
    )
)
