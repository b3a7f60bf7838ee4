"""SMS through Alibaba Cloud, whose own templates are filled with the code."""

import json
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from common.rest.fields import Choice, Flag, Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.aliyun_api import COMMON_KINDS, AliyunCredentials, assert_accepted, call_action
from connectors.kinds.configs import TEMPLATE_TYPES, Config, NameField, TemplateCodesConfig
from connectors.kinds.envelopes import code_of
from connectors.kinds.guides import read_guide
from connectors.kinds.mainland_china import national_number

FACTORY_ID = "aliyun-short-message-service"

_URL = "https://dysmsapi.aliyuncs.com/"
# https://www.alibabacloud.com/help/en/sms/developer-reference/api-error-codes
_KINDS = {
    **COMMON_KINDS,
    "isv.MOBILE_NUMBER_ILLEGAL": FailureKind.RECIPIENT_REFUSED,
    "isv.BLACK_KEY_CONTROL_LIMIT": FailureKind.MESSAGE_REFUSED,
    "isv.SMS_SIGNATURE_ILLEGAL": FailureKind.SENDER_REFUSED,
    "isv.SMS_SIGN_ILLEGAL": FailureKind.SENDER_REFUSED,
    "isv.SIGN_NAME_ILLEGAL": FailureKind.SENDER_REFUSED,
    "isv.SMS_TEMPLATE_ILLEGAL": FailureKind.TEMPLATE_NOT_FOUND,
    "isv.TEMPLATE_MISSING_PARAMETERS": FailureKind.TEMPLATE_NOT_FOUND,
    "isv.TEMPLATE_PARAMS_ILLEGAL": FailureKind.TEMPLATE_NOT_FOUND,
    "isv.INVALID_PARAMETERS": FailureKind.MESSAGE_REFUSED,
    "isv.BUSINESS_LIMIT_CONTROL": FailureKind.RATE_LIMITED,
    "isv.DAY_LIMIT_CONTROL": FailureKind.ACCOUNT_LIMITED,
    "isv.MONTH_LIMIT_CONTROL": FailureKind.ACCOUNT_LIMITED,
    "isv.AMOUNT_NOT_ENOUGH": FailureKind.ACCOUNT_LIMITED,
    "isv.OUT_OF_SERVICE": FailureKind.ACCOUNT_LIMITED,
    "isv.ACCOUNT_NOT_EXISTS": FailureKind.ACCOUNT_LIMITED,
    "isv.ACCOUNT_ABNORMAL": FailureKind.ACCOUNT_LIMITED,
    "isp.RAM_PERMISSION_DENY": FailureKind.CREDENTIALS_REFUSED,
    "isp.SYSTEM_ERROR": FailureKind.PROVIDER_UNAVAILABLE,
    "isp.GATEWAY_ERROR": FailureKind.PROVIDER_UNAVAILABLE,
}


class RegionalCodes(Config):
    """Codes of a template for mainland China, and for all other countries."""

    china = NameField()
    overseas = NameField()


class TemplateCodeField(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """One code, or one for each of the two regions."""

    def to_internal_value(self, data: Any) -> Any:
        field: serializers.Field[Any, Any, Any, Any] = NameField() if isinstance(data, str) else RegionalCodes()
        return field.run_validation(data)

    def to_representation(self, value: Any) -> Any:
        return value


class AliyunTemplateConfig(Config):
    """A template that Alibaba Cloud has approved, by its code."""

    usageType = Choice(choices=TEMPLATE_TYPES)
    templateCode = TemplateCodeField()


class AliyunSmsConfig(AliyunCredentials, TemplateCodesConfig):
    """Credentials, an approved signature, and the templates.

    `strictPhoneRegionNumberCheck` is what is always done here: a number is one of China if it has China's code.
    """

    signName = Text(min_length=1, max_length=64)
    strictPhoneRegionNumberCheck = Flag(required=False)
    templates = AliyunTemplateConfig(many=True)


class AliyunSmsConnector:
    """Calls `SendSms`, which answers 200 also to what it refuses."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        if message.provider_template is None:
            raise DeliveryError(FailureKind.TEMPLATE_NOT_FOUND)
        parameters = {
            "PhoneNumbers": message.recipient,
            "SignName": config["signName"],
            "TemplateCode": _template_code(message.provider_template["templateCode"], message.recipient),
            "TemplateParam": json.dumps({"code": code_of(message.payload)}),
        }
        answer = call_action(_URL, action="SendSms", version="2017-05-25", parameters=parameters, config=config)
        assert_accepted(answer, kinds=_KINDS)


def _template_code(code: str | Mapping[str, str], recipient: str) -> str:
    if isinstance(code, str):
        return code
    return code["overseas"] if national_number(recipient) is None else code["china"]


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.SMS,
        name="Alibaba Cloud SMS",
        description="Send text messages through Alibaba Cloud (Aliyun).",
        connector=AliyunSmsConnector(),
        config=AliyunSmsConfig,
        logo="connectors/logos/aliyun-sms.svg",
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
                    {"usageType": usage_type, "templateCode": "SMS_"}
                    for usage_type in ("SignIn", "Register", "ForgotPassword", "Generic")
                ],
            ),
        ),
        has_templates=True,
    )
)
