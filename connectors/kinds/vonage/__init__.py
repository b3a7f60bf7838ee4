"""SMS through Vonage's SMS API."""

from collections.abc import Mapping
from typing import Any

from common.rest.fields import Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.configs import SmsTemplatedConfig, TokenField
from connectors.kinds.guides import read_guide
from connectors.kinds.provider_http import call, refusal

FACTORY_ID = "vonage-sms"

_URL = "https://rest.nexmo.com/sms/json"
# https://developer.vonage.com/en/messaging/sms/guides/troubleshooting-sms
_KINDS = {
    "1": FailureKind.RATE_LIMITED,
    "4": FailureKind.CREDENTIALS_REFUSED,
    "5": FailureKind.PROVIDER_UNAVAILABLE,
    "7": FailureKind.RECIPIENT_REFUSED,
    "8": FailureKind.ACCOUNT_LIMITED,
    "9": FailureKind.ACCOUNT_LIMITED,
    "11": FailureKind.ACCOUNT_LIMITED,
    "14": FailureKind.CREDENTIALS_REFUSED,
    "15": FailureKind.SENDER_REFUSED,
    "29": FailureKind.RECIPIENT_REFUSED,
    "32": FailureKind.CREDENTIALS_REFUSED,
    "33": FailureKind.RECIPIENT_REFUSED,
}


class VonageConfig(SmsTemplatedConfig):
    """Key, secret, and the sender that phones show."""

    apiKey = TokenField(max_length=128)
    apiSecret = TokenField(max_length=128)
    brandName = Text(min_length=1, max_length=15)


class VonageConnector:
    """Posts to `/sms/json`, which answers 200 to whatever comes: each part has a status of its own."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        data = {
            "api_key": config["apiKey"],
            "api_secret": config["apiSecret"],
            "from": config["brandName"],
            "to": message.recipient,
            "text": message.content,
            # Letters beyond the GSM alphabet would arrive as question marks.
            "type": "text" if message.content.isascii() else "unicode",
        }
        answer = call(_URL, data=data)
        if not answer.is_success:
            raise refusal(answer.status, words=answer.find("title") or answer.text)
        parts = answer.find("messages")
        if not isinstance(parts, list) or not parts:
            raise DeliveryError(FailureKind.UNEXPECTED_ANSWER, permanent=True)
        for number in range(len(parts)):
            status = answer.find("messages", number, "status")
            if status != "0":
                raise refusal(
                    answer.status,
                    code=status,
                    words=answer.find("messages", number, "error-text"),
                    kinds=_KINDS,
                    otherwise=FailureKind.MESSAGE_REFUSED,
                )


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.SMS,
        name="Vonage",
        description="Send text messages through Vonage.",
        connector=VonageConnector(),
        config=VonageConfig,
        logo="connectors/logos/vonage.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("apiKey", "API key", required=True),
            FormItem("apiSecret", "API secret", required=True, is_confidential=True),
            FormItem("brandName", "Sender", required=True, placeholder="Example"),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
    )
)
