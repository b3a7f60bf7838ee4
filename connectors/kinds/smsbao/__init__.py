"""SMS through SMSBao, which takes the words of approved templates alone."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from common.rest.fields import Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import FailureKind
from connectors.kinds.configs import APPROVED_SMS_TEMPLATES, ApprovedSmsConfig, TokenField
from connectors.kinds.guides import read_guide
from connectors.kinds.mainland_china import national_number
from connectors.kinds.provider_http import read_answer, refusal, send_request

FACTORY_ID = "smsbao-sms"

_DOMESTIC, _INTERNATIONAL = "https://api.smsbao.com/sms", "https://api.smsbao.com/wsms"
_TAKEN = "0"
# https://www.smsbao.com/openapi/213.html
_KINDS = {
    "-1": FailureKind.MESSAGE_REFUSED,
    "30": FailureKind.CREDENTIALS_REFUSED,
    "40": FailureKind.CREDENTIALS_REFUSED,
    "41": FailureKind.ACCOUNT_LIMITED,
    "42": FailureKind.ACCOUNT_LIMITED,
    "43": FailureKind.CREDENTIALS_REFUSED,
    "50": FailureKind.MESSAGE_REFUSED,
    "51": FailureKind.RECIPIENT_REFUSED,
}


class SmsBaoConfig(ApprovedSmsConfig):
    """The account, its API key or the MD5 of its password, and the product whose channel is used."""

    username = Text(min_length=1, max_length=64)
    passwordOrApiKey = TokenField()
    goodsId = TokenField(required=False, max_length=64)


class SmsBaoConnector:
    """Gets `/sms`, or `/wsms` for numbers outside mainland China; the answer is a number and nothing else."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        national = national_number(message.recipient)
        query = {
            "u": config["username"],
            "p": config["passwordOrApiKey"],
            **({"g": config["goodsId"]} if config.get("goodsId") else {}),
            "m": national or f"+{message.recipient}",
            "c": message.content,
        }
        url = _INTERNATIONAL if national is None else _DOMESTIC
        answer = read_answer(send_request("GET", f"{url}?{urlencode(query, quote_via=quote)}"))
        code = answer.text.strip()
        if not answer.is_success or code != _TAKEN:
            raise refusal(answer.status, code=code if code in _KINDS else None, words=code, kinds=_KINDS)


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.SMS,
        name="SMSBao",
        description="Send text messages through SMSBao.",
        connector=SmsBaoConnector(),
        config=SmsBaoConfig,
        logo="connectors/logos/smsbao.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("username", "User name", required=True),
            FormItem(
                "passwordOrApiKey",
                "API key, or MD5 of the password",
                required=True,
                is_confidential=True,
                description="It is sent as it is: the password itself would be refused.",
            ),
            FormItem("goodsId", "Product ID", description="For a channel of your own."),
            FormItem("templates", "Templates", type="Json", required=True, default=APPROVED_SMS_TEMPLATES),
        ),
        has_templates=True,
    )
)
