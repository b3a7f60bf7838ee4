"""Email through Alibaba Cloud DirectMail."""

from collections.abc import Mapping
from typing import Any

from common.rest.fields import Choice, Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import FailureKind
from connectors.kinds.aliyun_api import COMMON_KINDS, AliyunCredentials, call_action
from connectors.kinds.configs import MailboxField, ProviderTemplatedConfig
from connectors.kinds.envelopes import address_email, bodies_of, subject_of
from connectors.kinds.guides import read_guide
from connectors.kinds.provider_http import refusal

FACTORY_ID = "aliyun-direct-mail"

_URLS = {
    "cn-hangzhou": "https://dm.aliyuncs.com/",
    "ap-southeast-1": "https://dm.ap-southeast-1.aliyuncs.com/",
    "ap-southeast-2": "https://dm.ap-southeast-2.aliyuncs.com/",
    "us-east-1": "https://dm.us-east-1.aliyuncs.com/",
    "eu-central-1": "https://dm.eu-central-1.aliyuncs.com/",
}
_KINDS = {
    **COMMON_KINDS,
    "InvalidMailAddress": FailureKind.SENDER_REFUSED,
    "InvalidMailAddressStatus": FailureKind.SENDER_REFUSED,
    "InvalidMailAddressDomainStatus": FailureKind.SENDER_REFUSED,
    "InvalidSendMail.Spam": FailureKind.MESSAGE_REFUSED,
    "InvalidToAddress": FailureKind.RECIPIENT_REFUSED,
    "InvalidReceiverName": FailureKind.RECIPIENT_REFUSED,
    "InvalidBody.Malformed": FailureKind.MESSAGE_REFUSED,
    "QuotaExceed": FailureKind.ACCOUNT_LIMITED,
}


class AliyunMailConfig(AliyunCredentials, ProviderTemplatedConfig):
    """Credentials and a sender address that was set up in the console of DirectMail."""

    accountName = MailboxField(min_length=1)
    fromAlias = Text(required=False, max_length=15)
    region = Choice(required=False, choices=list(_URLS))


class AliyunMailConnector:
    """Calls `SingleSendMail`."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        envelope = address_email(message, sender=config["accountName"], sender_name=config.get("fromAlias", ""))
        text, html = bodies_of(message)
        parameters = {
            # The sender is the account's: another one would be refused.
            "AccountName": envelope.sender.address,
            "AddressType": "1",
            "ReplyToAddress": "false",
            "ToAddress": envelope.recipient,
            "Subject": subject_of(message),
            "FromAlias": envelope.sender.name,
            "HtmlBody": html,
            "TextBody": text,
        }
        if envelope.reply_to:
            parameters |= {"ReplyAddress": envelope.reply_to.address, "ReplyAddressAlias": envelope.reply_to.name}
        answer = call_action(
            _URLS[config.get("region", "cn-hangzhou")],
            action="SingleSendMail",
            version="2015-11-23",
            parameters={name: value for name, value in parameters.items() if value},
            config=config,
        )
        if not answer.is_success:
            words = answer.find("Message") or answer.text
            raise refusal(answer.status, code=answer.find("Code"), words=words, kinds=_KINDS)


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.EMAIL,
        name="Alibaba Cloud DirectMail",
        description="Send email through Alibaba Cloud (Aliyun) DirectMail.",
        connector=AliyunMailConnector(),
        config=AliyunMailConfig,
        logo="connectors/logos/aliyun-mail.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("accessKeyId", "AccessKey ID", required=True),
            FormItem("accessKeySecret", "AccessKey secret", required=True, is_confidential=True),
            FormItem("accountName", "Sender address", required=True, placeholder="no-reply@mail.example.com"),
            FormItem("fromAlias", "Sender's name", placeholder="Example"),
            FormItem(
                "region",
                "Region",
                type="Select",
                choices=(
                    ("cn-hangzhou", "China (Hangzhou)"),
                    ("ap-southeast-1", "Singapore"),
                    ("ap-southeast-2", "Australia (Sydney)"),
                    ("us-east-1", "US (Virginia)"),
                    ("eu-central-1", "Germany (Frankfurt)"),
                ),
                default="cn-hangzhou",
            ),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
    )
)
