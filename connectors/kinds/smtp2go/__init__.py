"""Email through SMTP2GO (API v3)."""

from collections.abc import Mapping
from typing import Any

from common.rest.fields import Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.configs import MailboxField, ProviderTemplatedConfig, TokenField
from connectors.kinds.envelopes import address_email, bodies_of, in_header_form, subject_of
from connectors.kinds.guides import read_guide
from connectors.kinds.provider_http import call, refusal
from connectors.kinds.smtp2go.events import Smtp2GoEvents

FACTORY_ID = "smtp2go-email-service"

_URL = "https://api.smtp2go.com/v3/email/send"
_KINDS = {
    "E_ApiResponseCodes.ENDPOINT_PERMISSION_DENIED": FailureKind.CREDENTIALS_REFUSED,
    "E_ApiResponseCodes.SENDER_NOT_VERIFIED": FailureKind.SENDER_REFUSED,
}


class Smtp2GoConfig(ProviderTemplatedConfig):
    """An API key and a verified sender."""

    apiKey = TokenField()
    sender = MailboxField(min_length=1)
    senderName = Text(required=False, max_length=128)


class Smtp2GoConnector:
    """Posts to `/v3/email/send`; the answer counts who was accepted."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        envelope = address_email(message, sender=config["sender"], sender_name=config.get("senderName", ""))
        text, html = bodies_of(message)
        body: dict[str, Any] = {
            "sender": in_header_form(envelope.sender),
            "to": [envelope.recipient],
            "subject": subject_of(message),
            **({"text_body": text} if text else {}),
            **({"html_body": html} if html else {}),
        }
        if envelope.reply_to:
            body["custom_headers"] = [{"header": "Reply-To", "value": in_header_form(envelope.reply_to)}]
        answer = call(_URL, headers={"X-Smtp2go-Api-Key": config["apiKey"]}, json=body)
        if not answer.is_success or answer.find("data", "error_code"):
            code, words = answer.find("data", "error_code"), answer.find("data", "error")
            raise refusal(answer.status, code=code, words=words or answer.text, kinds=_KINDS)
        if answer.find("data", "succeeded") != 1:
            failures = answer.find("data", "failures")
            if not failures:
                raise DeliveryError(FailureKind.UNEXPECTED_ANSWER, permanent=True)
            raise refusal(
                answer.status, code="refused", words=failures, kinds={"refused": FailureKind.RECIPIENT_REFUSED}
            )


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.EMAIL,
        name="SMTP2GO",
        description="Send email through SMTP2GO.",
        connector=Smtp2GoConnector(),
        config=Smtp2GoConfig,
        logo="connectors/logos/smtp2go.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("apiKey", "API key", required=True, is_confidential=True, placeholder="api-…"),
            FormItem("sender", "From", required=True, placeholder="no-reply@example.com"),
            FormItem("senderName", "Sender's name", placeholder="Example"),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
        events=Smtp2GoEvents(),
    )
)
