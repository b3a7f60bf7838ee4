"""SMS through GatewayAPI."""

from collections.abc import Mapping
from typing import Any

from common.rest.fields import Text, WebAddressField
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.configs import SmsTemplatedConfig, TokenField
from connectors.kinds.guides import read_guide
from connectors.kinds.provider_http import call, refusal

FACTORY_ID = "gatewayapi-sms"

_ENDPOINT = "https://gatewayapi.com/rest/mtsms"


class GatewayApiConfig(SmsTemplatedConfig):
    """The endpoint of the account's region, its token, and the sender that phones show."""

    endpoint = WebAddressField()
    apiToken = TokenField()
    sender = Text(min_length=1, max_length=18)


class GatewayApiConnector:
    """Posts to the endpoint; an accepted message has ids."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        body: dict[str, Any] = {
            "sender": config["sender"],
            "message": message.content,
            "recipients": [{"msisdn": int(message.recipient)}],
        }
        if not message.content.isascii():
            # Letters beyond the GSM alphabet would be replaced.
            body["encoding"] = "UCS2"
        answer = call(config["endpoint"], headers={"Authorization": f"Token {config['apiToken']}"}, json=body)
        if not answer.is_success:
            words = answer.find("message") or answer.text
            raise refusal(answer.status, code=answer.find("code"), words=words)
        if not answer.find("ids"):
            raise DeliveryError(FailureKind.UNEXPECTED_ANSWER, permanent=True)


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.SMS,
        name="GatewayAPI",
        description="Send text messages through GatewayAPI.",
        connector=GatewayApiConnector(),
        config=GatewayApiConfig,
        logo="connectors/logos/gatewayapi.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem(
                "endpoint",
                "Endpoint",
                required=True,
                default=_ENDPOINT,
                description="https://gatewayapi.eu/rest/mtsms for accounts in the European Union.",
            ),
            FormItem("apiToken", "API token", required=True, is_confidential=True),
            FormItem("sender", "Sender", required=True, placeholder="Example"),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
    )
)
