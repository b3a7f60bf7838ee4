"""SMS through SMS Aero (API v2)."""

from collections.abc import Mapping
from typing import Any

from common.rest.fields import Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.configs import SmsTemplatedConfig, TokenField
from connectors.kinds.guides import read_guide
from connectors.kinds.provider_http import basic_auth, call, refusal

FACTORY_ID = "smsaero-short-message-service"

_URL = "https://gate.smsaero.ru/v2/sms/send"
# Its refusals have no code, but always these words.
_KINDS = {
    "Not enough money": FailureKind.ACCOUNT_LIMITED,
    "Your request was made with invalid credentials": FailureKind.CREDENTIALS_REFUSED,
    "Unauthorized": FailureKind.CREDENTIALS_REFUSED,
}
# The member of the request that was refused.
_KINDS_BY_FIELD = {
    "number": FailureKind.RECIPIENT_REFUSED,
    "numbers": FailureKind.RECIPIENT_REFUSED,
    "sign": FailureKind.SENDER_REFUSED,
}


class SmsAeroConfig(SmsTemplatedConfig):
    """The account's address, its API key, and the sender that phones show."""

    email = TokenField(max_length=128)
    apiKey = TokenField()
    senderName = Text(min_length=1, max_length=64)


class SmsAeroConnector:
    """Posts to `/v2/sms/send`; `success` tells whether the message was taken."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        answer = call(
            _URL,
            headers=basic_auth(config["email"], config["apiKey"]),
            json={"number": message.recipient, "sign": config["senderName"], "text": message.content},
        )
        if answer.is_success and answer.find("success") is True:
            return
        words = answer.find("message")
        if answer.is_success and words is None:
            raise DeliveryError(FailureKind.UNEXPECTED_ANSWER, permanent=True)
        details = answer.find("data")
        field = next((name for name in _KINDS_BY_FIELD if isinstance(details, dict) and name in details), None)
        code = str(words or "").rstrip(".") or None
        otherwise = _KINDS_BY_FIELD.get(field or "", FailureKind.MESSAGE_REFUSED) if answer.status < 401 else None
        words = details if code else answer.text
        raise refusal(answer.status, code=code, words=words, kinds=_KINDS, otherwise=otherwise)


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.SMS,
        name="SMS Aero",
        description="Send text messages through SMS Aero.",
        connector=SmsAeroConnector(),
        config=SmsAeroConfig,
        logo="connectors/logos/smsaero.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("email", "Email address of the account", required=True),
            FormItem("apiKey", "API key", required=True, is_confidential=True),
            FormItem("senderName", "Sender", required=True, placeholder="SMS Aero"),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
    )
)
