"""SMS through Alibaba Cloud's SMS authentication, whose signatures and templates need no approval."""

import json
from collections.abc import Mapping
from typing import Any

from common.rest.fields import Choice, Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.aliyun_api import COMMON_KINDS, AliyunCredentials, assert_accepted, call_action
from connectors.kinds.configs import TEMPLATE_TYPES, Config, NameField, TemplateCodesConfig
from connectors.kinds.envelopes import code_of
from connectors.kinds.guides import read_guide
from connectors.kinds.mainland_china import national_number

FACTORY_ID = "aliyun-short-message-auth-service"

_URL = "https://dypnsapi.aliyuncs.com/"
# What the provider's templates say of a message that tells no time of its own.
_MINUTES = 10
# https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode
_KINDS = {
    **COMMON_KINDS,
    "MOBILE_NUMBER_ILLEGAL": FailureKind.RECIPIENT_REFUSED,
    "INVALID_PARAMETERS": FailureKind.MESSAGE_REFUSED,
    "FREQUENCY_FAIL": FailureKind.RATE_LIMITED,
    "BUSINESS_LIMIT_CONTROL": FailureKind.RATE_LIMITED,
    "FUNCTION_NOT_OPENED": FailureKind.ACCOUNT_LIMITED,
    "isv.MOBILE_NUMBER_ILLEGAL": FailureKind.RECIPIENT_REFUSED,
    "isv.SMS_SIGNATURE_ILLEGAL": FailureKind.SENDER_REFUSED,
    "isv.SMS_TEMPLATE_ILLEGAL": FailureKind.TEMPLATE_NOT_FOUND,
    "isv.BUSINESS_LIMIT_CONTROL": FailureKind.RATE_LIMITED,
    "biz.FREQUENCY": FailureKind.RATE_LIMITED,
}
# Templates that every account has, for what they say.
_TEMPLATES = {"SignIn": "100001", "Register": "100001", "ForgotPassword": "100003", "Generic": "100001"}


class AliyunAuthTemplateConfig(Config):
    """A template of the provider, by its code."""

    usageType = Choice(choices=TEMPLATE_TYPES)
    templateCode = NameField()


class AliyunSmsAuthConfig(AliyunCredentials, TemplateCodesConfig):
    """Credentials, a signature that comes with the account, and the templates."""

    signName = Text(min_length=1, max_length=64)
    templates = AliyunAuthTemplateConfig(many=True)


class AliyunSmsAuthConnector:
    """Calls `SendSmsVerifyCode` with a code of our own; it answers 200 also to what it refuses."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        if message.provider_template is None:
            raise DeliveryError(FailureKind.TEMPLATE_NOT_FOUND)
        number = national_number(message.recipient)
        if number is None:
            raise DeliveryError(FailureKind.RECIPIENT_REFUSED, permanent=True)
        minutes = message.payload.get("expiresInMinutes") or _MINUTES
        parameters = {
            "CountryCode": "86",
            "PhoneNumber": number,
            "SignName": config["signName"],
            "TemplateCode": message.provider_template["templateCode"],
            "TemplateParam": json.dumps({"code": code_of(message.payload), "min": str(minutes)}),
        }
        answer = call_action(
            _URL, action="SendSmsVerifyCode", version="2017-05-25", parameters=parameters, config=config
        )
        assert_accepted(answer, kinds=_KINDS)


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.SMS,
        name="Alibaba Cloud SMS authentication",
        description="Send codes to numbers of mainland China with Alibaba Cloud's own signatures and templates.",
        connector=AliyunSmsAuthConnector(),
        config=AliyunSmsAuthConfig,
        logo="connectors/logos/aliyun-sms-auth.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("accessKeyId", "AccessKey ID", required=True),
            FormItem("accessKeySecret", "AccessKey secret", required=True, is_confidential=True),
            FormItem("signName", "Signature", required=True),
            FormItem(
                "templates",
                "Templates",
                type="Json",
                required=True,
                default=[
                    {"usageType": usage_type, "templateCode": template_code}
                    for usage_type, template_code in _TEMPLATES.items()
                ],
            ),
        ),
        has_templates=True,
    )
)
