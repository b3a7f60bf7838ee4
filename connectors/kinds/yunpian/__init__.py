"""SMS through Yunpian (API v2), which takes the words of approved templates alone."""

from collections.abc import Mapping
from typing import Any

from common.rest.fields import Flag, Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.configs import APPROVED_SMS_TEMPLATES, ApprovedSmsConfig, TokenField
from connectors.kinds.guides import read_guide
from connectors.kinds.mainland_china import national_number
from connectors.kinds.provider_http import call, refusal

FACTORY_ID = "yunpian-sms"

_URL = "https://sms.yunpian.com/v2/sms/single_send.json"
# https://www.yunpian.com/official/document/sms/zh_CN/returnvalue_common
_KINDS = {
    "-1": FailureKind.CREDENTIALS_REFUSED,
    "-2": FailureKind.CREDENTIALS_REFUSED,
    "-3": FailureKind.CREDENTIALS_REFUSED,
    "-4": FailureKind.ACCOUNT_LIMITED,
    "-5": FailureKind.RATE_LIMITED,
    "-50": FailureKind.PROVIDER_UNAVAILABLE,
    "-51": FailureKind.PROVIDER_UNAVAILABLE,
    "-52": FailureKind.PROVIDER_UNAVAILABLE,
    "-53": FailureKind.PROVIDER_UNAVAILABLE,
    "2": FailureKind.RECIPIENT_REFUSED,
    "3": FailureKind.ACCOUNT_LIMITED,
    "4": FailureKind.MESSAGE_REFUSED,
    "5": FailureKind.TEMPLATE_NOT_FOUND,
    "6": FailureKind.TEMPLATE_NOT_FOUND,
    "7": FailureKind.TEMPLATE_NOT_FOUND,
    "8": FailureKind.RATE_LIMITED,
    "9": FailureKind.RATE_LIMITED,
    "10": FailureKind.RECIPIENT_REFUSED,
    "17": FailureKind.RATE_LIMITED,
    "20": FailureKind.RECIPIENT_REFUSED,
    "22": FailureKind.RATE_LIMITED,
    "33": FailureKind.RATE_LIMITED,
}


class YunpianConfig(ApprovedSmsConfig):
    """The API key, the approved words, and whether numbers outside mainland China get messages, which costs more."""

    apikey = TokenField()
    enableInternational = Flag(required=False)
    unsupportedCountriesMsg = Text(required=False, max_length=256)


class YunpianConnector:
    """Posts to `/v2/sms/single_send.json`; a message that was taken has code 0."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        national = national_number(message.recipient)
        if national is None and not config.get("enableInternational"):
            words = config.get("unsupportedCountriesMsg", "")
            raise DeliveryError(FailureKind.RECIPIENT_REFUSED, words, permanent=True)
        form = {
            "apikey": config["apikey"],
            "mobile": national or f"+{message.recipient}",
            "text": message.content,
        }
        answer = call(_URL, headers={"Accept": "application/json"}, data=form)
        code = answer.find("code")
        if not answer.is_success or code != 0:
            words = answer.find("detail") or answer.find("msg") or answer.text
            otherwise = FailureKind.MESSAGE_REFUSED if answer.status < 500 else None
            raise refusal(answer.status, code=code, words=words, kinds=_KINDS, otherwise=otherwise)


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.SMS,
        name="Yunpian",
        description="Send text messages through Yunpian.",
        connector=YunpianConnector(),
        config=YunpianConfig,
        logo="connectors/logos/yunpian.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("apikey", "API key", required=True, is_confidential=True),
            FormItem("enableInternational", "Send to numbers outside mainland China", type="Switch", default=False),
            FormItem(
                "unsupportedCountriesMsg",
                "Reason for other numbers",
                description="What a test message to a number outside mainland China is refused with.",
                shown_if={"enableInternational": False},
            ),
            FormItem("templates", "Templates", type="Json", required=True, default=APPROVED_SMS_TEMPLATES),
        ),
        has_templates=True,
    )
)
