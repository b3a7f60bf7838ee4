"""Email through Twilio SendGrid (API v3)."""

from collections.abc import Mapping
from typing import Any

from anymail.backends.sendgrid import EmailBackend

from common.rest.fields import Choice, Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import FailureKind
from connectors.kinds.anymail_email import prepare_email, send_by_backend
from connectors.kinds.configs import MailboxField, ProviderTemplatedConfig, TokenField
from connectors.kinds.envelopes import address_email
from connectors.kinds.guides import read_guide
from connectors.kinds.sendgrid.events import SendGridEvents
from connectors.kinds.sendgrid.verification_key import VerificationKeyField

FACTORY_ID = "sendgrid-email-service"

_API_URLS = {"global": "https://api.sendgrid.com/v3/", "eu": "https://api.eu.sendgrid.com/v3/"}
# The member of the request that was refused.
_KINDS = {
    "from": FailureKind.SENDER_REFUSED,
    "from.email": FailureKind.SENDER_REFUSED,
    "personalizations.0.to.0.email": FailureKind.RECIPIENT_REFUSED,
}


class SendGridConfig(ProviderTemplatedConfig):
    """An API key with the permission to send, and a verified sender."""

    apiKey = TokenField()
    fromEmail = MailboxField(min_length=1)
    fromName = Text(required=False, max_length=128)
    region = Choice(required=False, choices=list(_API_URLS))
    webhookVerificationKey = VerificationKeyField(required=False)


class SendGridConnector:
    """Posts to `/v3/mail/send`; 202 means accepted."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        envelope = address_email(message, sender=config["fromEmail"], sender_name=config.get("fromName", ""))
        backend = EmailBackend(api_key=config["apiKey"], api_url=_API_URLS[config.get("region", "global")])
        send_by_backend(backend, prepare_email(message, envelope), read=_reason, kinds=_KINDS)


def _reason(body: Any) -> tuple[object, object]:
    error = body["errors"][0]
    return error.get("field"), error["message"]


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.EMAIL,
        name="SendGrid",
        description="Send email through Twilio SendGrid.",
        connector=SendGridConnector(),
        config=SendGridConfig,
        logo="connectors/logos/sendgrid.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("apiKey", "API key", required=True, is_confidential=True, placeholder="SG.…"),
            FormItem("fromEmail", "From", required=True, placeholder="no-reply@example.com"),
            FormItem("fromName", "Sender's name", placeholder="Example"),
            FormItem(
                "region",
                "Region",
                type="Select",
                choices=(("global", "Global"), ("eu", "European Union")),
                default="global",
            ),
            FormItem(
                "webhookVerificationKey",
                "Verification key of the event webhook",
                description="To be told of bounces and complaints.",
                is_advanced=True,
            ),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
        events=SendGridEvents(),
    )
)
