"""SMS through Tencent Cloud, whose own templates are filled with the code."""

import json
from collections.abc import Mapping
from typing import Any

from common.clock import now
from common.rest.fields import Choice, Text
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
from connectors.kinds.tencent_sms.signature import sign_request

FACTORY_ID = "tencent-short-message-service"

_URL = "https://sms.tencentcloudapi.com/"
# https://www.tencentcloud.com/document/product/382/40538; others are looked for by what stands before their dot.
_KINDS = {
    "AuthFailure": FailureKind.CREDENTIALS_REFUSED,
    "UnauthorizedOperation": FailureKind.CREDENTIALS_REFUSED,
    "UnauthorizedOperation.SmsSdkAppIdVerifyFail": FailureKind.SENDER_REFUSED,
    "RequestLimitExceeded": FailureKind.RATE_LIMITED,
    "LimitExceeded": FailureKind.RATE_LIMITED,
    "LimitExceeded.AppDailyLimit": FailureKind.ACCOUNT_LIMITED,
    "LimitExceeded.DailyLimit": FailureKind.ACCOUNT_LIMITED,
    "InternalError": FailureKind.PROVIDER_UNAVAILABLE,
    "FailedOperation": FailureKind.MESSAGE_REFUSED,
    "FailedOperation.SignatureIncorrectOrUnapproved": FailureKind.SENDER_REFUSED,
    "FailedOperation.TemplateIncorrectOrUnapproved": FailureKind.TEMPLATE_NOT_FOUND,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": FailureKind.TEMPLATE_NOT_FOUND,
    "FailedOperation.TemplateUnapprovedOrNotExist": FailureKind.TEMPLATE_NOT_FOUND,
    "FailedOperation.PhoneNumberInBlacklist": FailureKind.RECIPIENT_REFUSED,
    "FailedOperation.InsufficientBalanceInSmsPackage": FailureKind.ACCOUNT_LIMITED,
    "InvalidParameterValue": FailureKind.MESSAGE_REFUSED,
    "InvalidParameterValue.IncorrectPhoneNumber": FailureKind.RECIPIENT_REFUSED,
    "UnsupportedOperation": FailureKind.MESSAGE_REFUSED,
}


class TencentTemplateConfig(Config):
    """A template that Tencent Cloud has approved, by its id."""

    usageType = Choice(choices=TEMPLATE_TYPES)
    templateCode = NameField()


class TencentSmsConfig(TemplateCodesConfig):
    """Credentials, the application, an approved signature, and the templates."""

    accessKeyId = TokenField(max_length=128)
    accessKeySecret = TokenField()
    signName = Text(min_length=1, max_length=64)
    sdkAppId = NameField()
    region = NameField()
    templates = TencentTemplateConfig(many=True)


class TencentSmsConnector:
    """Calls `SendSms`, which answers 200 also to what it refuses."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        if message.provider_template is None:
            raise DeliveryError(FailureKind.TEMPLATE_NOT_FOUND)
        body = {
            "PhoneNumberSet": [f"+{message.recipient}"],
            "SmsSdkAppId": config["sdkAppId"],
            "SignName": config["signName"],
            "TemplateId": message.provider_template["templateCode"],
            "TemplateParamSet": [code_of(message.payload)],
        }
        payload = json.dumps(body).encode()
        signed = sign_request(
            _URL,
            payload=payload,
            service="sms",
            secret_id=config["accessKeyId"],
            secret_key=config["accessKeySecret"],
            moment=now(),
        )
        call_headers = {"X-TC-Action": "SendSms", "X-TC-Version": "2021-01-11", "X-TC-Region": config["region"]}
        answer = call(_URL, headers=signed | call_headers, content=payload)
        if not answer.is_success:
            raise refusal(answer.status, words=answer.text)
        for path in (("Response", "Error"), ("Response", "SendStatusSet", 0)):
            code, words = answer.find(*path, "Code"), answer.find(*path, "Message")
            if code == "Ok":
                return
            if code:
                raise refusal(
                    answer.status, code=code, words=words, kinds=_KINDS, otherwise=FailureKind.MESSAGE_REFUSED
                )
        raise DeliveryError(FailureKind.UNEXPECTED_ANSWER, permanent=True)


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.SMS,
        name="Tencent Cloud SMS",
        description="Send text messages through Tencent Cloud.",
        connector=TencentSmsConnector(),
        config=TencentSmsConfig,
        logo="connectors/logos/tencent-sms.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("accessKeyId", "SecretId", required=True, placeholder="AKID…"),
            FormItem("accessKeySecret", "SecretKey", required=True, is_confidential=True),
            FormItem("signName", "Signature", required=True),
            FormItem("sdkAppId", "SDK AppID", required=True, placeholder="1400000000"),
            FormItem("region", "Region", required=True, placeholder="ap-guangzhou"),
            FormItem(
                "templates",
                "Templates",
                type="Json",
                required=True,
                default=[
                    {"usageType": usage_type, "templateCode": "1000000"}
                    for usage_type in ("SignIn", "Register", "ForgotPassword", "Generic")
                ],
            ),
        ),
        has_templates=True,
    )
)
