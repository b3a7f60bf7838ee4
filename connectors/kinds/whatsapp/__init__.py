"""Codes by WhatsApp, through Meta's Cloud API."""

from collections.abc import Mapping
from typing import Any

from common.rest.fields import Choice
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.configs import (
    TEMPLATE_TYPES,
    Config,
    NameField,
    TemplateCodesConfig,
    TokenField,
)
from connectors.kinds.envelopes import code_of
from connectors.kinds.guides import read_guide
from connectors.kinds.provider_http import call, refusal

FACTORY_ID = "whatsapp-short-message-service"

_URL = "https://graph.facebook.com/v25.0/{}/messages"
# https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
_KINDS = {
    "0": FailureKind.CREDENTIALS_REFUSED,
    "3": FailureKind.CREDENTIALS_REFUSED,
    "10": FailureKind.CREDENTIALS_REFUSED,
    "190": FailureKind.CREDENTIALS_REFUSED,
    "200": FailureKind.CREDENTIALS_REFUSED,
    "4": FailureKind.RATE_LIMITED,
    "80007": FailureKind.RATE_LIMITED,
    "130429": FailureKind.RATE_LIMITED,
    "131048": FailureKind.RATE_LIMITED,
    "131056": FailureKind.RATE_LIMITED,
    "368": FailureKind.ACCOUNT_LIMITED,
    "131031": FailureKind.ACCOUNT_LIMITED,
    "131042": FailureKind.ACCOUNT_LIMITED,
    "131045": FailureKind.SENDER_REFUSED,
    "133010": FailureKind.SENDER_REFUSED,
    "130472": FailureKind.RECIPIENT_REFUSED,
    "131026": FailureKind.RECIPIENT_REFUSED,
    "131030": FailureKind.RECIPIENT_REFUSED,
    "132000": FailureKind.TEMPLATE_NOT_FOUND,
    "132001": FailureKind.TEMPLATE_NOT_FOUND,
    "132012": FailureKind.TEMPLATE_NOT_FOUND,
    "132015": FailureKind.TEMPLATE_NOT_FOUND,
    "132016": FailureKind.TEMPLATE_NOT_FOUND,
    "1": FailureKind.PROVIDER_UNAVAILABLE,
    "2": FailureKind.PROVIDER_UNAVAILABLE,
    "131000": FailureKind.PROVIDER_UNAVAILABLE,
    "131016": FailureKind.PROVIDER_UNAVAILABLE,
}


class WhatsAppTemplateConfig(Config):
    """An authentication template that Meta has approved, in one language."""

    usageType = Choice(choices=TEMPLATE_TYPES)
    templateName = NameField()
    language = NameField()


class WhatsAppConfig(TemplateCodesConfig):
    """A system user's token, the sender's number, and the templates."""

    accessToken = TokenField(max_length=4096)
    phoneNumberId = NameField()
    templates = WhatsAppTemplateConfig(many=True)


class WhatsAppConnector:
    """Posts an authentication template: the code is in its body, and behind its button that copies it."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        template = message.provider_template
        if template is None:
            raise DeliveryError(FailureKind.TEMPLATE_NOT_FOUND)
        parameters = [{"type": "text", "text": code_of(message.payload)}]
        answer = call(
            _URL.format(config["phoneNumberId"]),
            headers={"Authorization": f"Bearer {config['accessToken']}"},
            json={
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "to": message.recipient,
                "type": "template",
                "template": {
                    "name": template["templateName"],
                    "language": {"code": template["language"]},
                    "components": [
                        {"type": "body", "parameters": parameters},
                        {"type": "button", "sub_type": "url", "index": "0", "parameters": parameters},
                    ],
                },
            },
        )
        if not answer.is_success:
            words = answer.find("error", "error_data", "details") or answer.find("error", "message") or answer.text
            raise refusal(answer.status, code=answer.find("error", "code"), words=words, kinds=_KINDS)


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.SMS,
        name="WhatsApp",
        description="Send codes by WhatsApp, through Meta's Cloud API.",
        connector=WhatsAppConnector(),
        config=WhatsAppConfig,
        logo="connectors/logos/whatsapp.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("accessToken", "System user's access token", required=True, is_confidential=True),
            FormItem("phoneNumberId", "Phone number ID", required=True, placeholder="106540352242922"),
            FormItem(
                "templates",
                "Templates",
                type="Json",
                required=True,
                default=[
                    {"usageType": usage_type, "templateName": "verification_code", "language": "en"}
                    for usage_type in ("SignIn", "Register", "ForgotPassword", "Generic")
                ],
            ),
        ),
        has_templates=True,
    )
)
