"""What a provider of text messages gets over the wire."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from common.clock import now
from connectors.failures import DeliveryError
from connectors.kinds.tencent_sms.signature import sign_request
from tenants.models import Tenant
from tests.connectors.provider import Provider, Request, send
from tests.connectors.provider_cases import SECRET, SMS, TYPES, templates

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(provider: Provider, tenant: Tenant) -> Any:
    """Send through a provider and return what it got."""

    def send_by(factory_id: str, config: dict[str, Any] | None = None, **changes: Any) -> Request:
        provider.answer(*SMS[factory_id].accepted)
        send(factory_id, SMS[factory_id].config | (config or {}), **changes)
        return provider.request

    return send_by


def basic(user: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{SECRET}".encode()).decode()


def test_twilio(sent: Any) -> None:
    request = sent("twilio-short-message-service")
    assert request.url == "https://api.twilio.com/2010-04-01/Accounts/AC0123/Messages.json"
    assert request.headers["authorization"] == basic("AC0123")
    form = request.form
    assert (form["To"], form["MessagingServiceSid"]) == ("+4915112345678", "MG0123")
    assert form["Body"].startswith("123456")


def test_whatsapp(sent: Any) -> None:
    request = sent("whatsapp-short-message-service")
    assert request.url == "https://graph.facebook.com/v25.0/106540352242922/messages"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    body = request.json
    assert (body["messaging_product"], body["to"], body["type"]) == ("whatsapp", "4915112345678", "template")
    template = body["template"]
    assert (template["name"], template["language"]) == ("verification_code", {"code": "en_US"})
    assert [part["type"] for part in template["components"]] == ["body", "button"]
    assert all(part["parameters"] == [{"type": "text", "text": "123456"}] for part in template["components"])


@pytest.mark.parametrize(
    ("locale", "language"), [("pt-br", "pt_BR"), ("pt", "pt_PT"), ("es-AR", "es"), ("fr", "en"), ("", "en")]
)
def test_whatsapp_in_the_readers_language(sent: Any, locale: str, language: str) -> None:
    """A template is approved in each language by itself; the first one is for all others."""
    rows = [
        row
        for name in ("en", "pt_PT", "pt_BR", "es")
        for row in templates(templateName="verification_code", language=name)
    ]
    request = sent("whatsapp-short-message-service", {"templates": rows}, locale=locale)
    assert request.json["template"]["language"] == {"code": language}


def test_vonage(sent: Any) -> None:
    request = sent("vonage-sms", {"templates": templates(content="Code {{code}}")})
    assert request.url == "https://rest.nexmo.com/sms/json"
    assert request.form == {
        "api_key": "abcd1234",
        "api_secret": SECRET,
        "from": "Acme",
        "to": "4915112345678",
        "text": "Code 123456",
        "type": "text",
    }


def test_vonage_with_letters_beyond_its_alphabet(sent: Any) -> None:
    form = sent("vonage-sms", {"templates": templates(content="验证码 {{code}}")}).form
    assert (form["text"], form["type"]) == ("验证码 123456", "unicode")


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_aliyun(sent: Any) -> None:
    request = sent("aliyun-short-message-service")
    assert request.url == "https://dysmsapi.aliyuncs.com/"
    assert request.headers["x-acs-action"] == "SendSms"
    assert request.headers["x-acs-version"] == "2017-05-25"
    assert request.headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=testid,")
    form = request.form
    assert (form["PhoneNumbers"], form["SignName"], form["TemplateCode"]) == ("4915112345678", "阿里云", "SMS_1")
    assert json.loads(form["TemplateParam"]) == {"code": "123456"}


@pytest.mark.parametrize(("recipient", "code"), [("8613812345678", "SMS_CN"), ("4915112345678", "SMS_INTL")])
def test_aliyun_with_a_template_for_each_region(sent: Any, recipient: str, code: str) -> None:
    rows = templates(templateCode={"china": "SMS_CN", "overseas": "SMS_INTL"})
    form = sent("aliyun-short-message-service", {"templates": rows}, recipient=recipient).form
    assert form["TemplateCode"] == code


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_tencent(sent: Any) -> None:
    request = sent("tencent-short-message-service")
    assert request.url == "https://sms.tencentcloudapi.com/"
    assert {name: request.headers[name] for name in ("x-tc-action", "x-tc-version", "x-tc-region")} == {
        "x-tc-action": "SendSms",
        "x-tc-version": "2021-01-11",
        "x-tc-region": "ap-guangzhou",
    }
    assert request.json == {
        "PhoneNumberSet": ["+4915112345678"],
        "SmsSdkAppId": "1400006666",
        "SignName": "腾讯云",
        "TemplateId": "1110",
        "TemplateParamSet": ["123456"],
    }
    config = SMS["tencent-short-message-service"].config
    signed = sign_request(
        request.url,
        payload=request.body,
        service="sms",
        secret_id=config["accessKeyId"],
        secret_key=SECRET,
        moment=now(),
    )
    assert request.headers["authorization"] == signed["Authorization"]
    assert request.headers["x-tc-timestamp"] == "1772366400"


def test_gatewayapi(sent: Any) -> None:
    request = sent("gatewayapi-sms", {"templates": templates(content="Code {{code}}")})
    assert request.url == "https://gatewayapi.eu/rest/mtsms"
    assert request.headers["authorization"] == f"Token {SECRET}"
    assert request.json == {
        "sender": "Acme",
        "message": "Code 123456",
        "recipients": [{"msisdn": 4915112345678}],
    }


def test_smsaero(sent: Any) -> None:
    request = sent("smsaero-short-message-service", {"templates": templates(content="Code {{code}}")})
    assert request.url == "https://gate.smsaero.ru/v2/sms/send"
    assert request.headers["authorization"] == basic("dev@example.com")
    assert request.json == {"number": "4915112345678", "sign": "SMS Aero", "text": "Code 123456"}


def test_smsbao(sent: Any) -> None:
    """The key stands in the query, as this provider wants it: nothing of the address is logged."""
    parts = urlsplit(sent("smsbao-sms", {"goodsId": "G1"}, recipient="8613800138000").url)
    assert (parts.netloc, parts.path) == ("api.smsbao.com", "/sms")
    assert parse_qs(parts.query) == {
        "u": ["acme"],
        "p": [SECRET],
        "g": ["G1"],
        "m": ["13800138000"],
        "c": ["Code 123456"],
    }


def test_smsbao_abroad(sent: Any) -> None:
    parts = urlsplit(sent("smsbao-sms").url)
    assert (parts.path, parse_qs(parts.query)["m"]) == ("/wsms", ["+4915112345678"])


@pytest.mark.parametrize(
    ("recipient", "mobile"), [("8613800138000", "13800138000"), ("4915112345678", "+4915112345678")]
)
def test_yunpian(sent: Any, recipient: str, mobile: str) -> None:
    request = sent("yunpian-sms", recipient=recipient)
    assert request.url == "https://sms.yunpian.com/v2/sms/single_send.json"
    assert request.form == {"apikey": SECRET, "mobile": mobile, "text": "Code 123456"}


def test_yunpian_sends_abroad_only_where_that_is_switched_on(provider: Provider, tenant: Tenant) -> None:
    config = SMS["yunpian-sms"].config | {"enableInternational": False, "unsupportedCountriesMsg": "China alone."}
    with pytest.raises(DeliveryError) as failure:
        send("yunpian-sms", config)
    assert (failure.value.kind, failure.value.permanent) == ("recipient_refused", True)
    assert failure.value.detail == "China alone."
    assert not provider.requests


def test_aliyun_sms_authentication(sent: Any) -> None:
    payload = {"code": "123456", "expiresInMinutes": 5}
    request = sent("aliyun-short-message-auth-service", recipient="8613800138000", payload=payload)
    assert request.url == "https://dypnsapi.aliyuncs.com/"
    assert request.headers["x-acs-action"] == "SendSmsVerifyCode"
    form = request.form
    assert json.loads(form.pop("TemplateParam")) == {"code": "123456", "min": "5"}
    assert form == {
        "CountryCode": "86",
        "PhoneNumber": "13800138000",
        "SignName": "速通互联验证码",
        "TemplateCode": "100001",
    }


def test_aliyun_sms_authentication_knows_one_country(provider: Provider, tenant: Tenant) -> None:
    case = SMS["aliyun-short-message-auth-service"]
    with pytest.raises(DeliveryError) as failure:
        send("aliyun-short-message-auth-service", case.config, recipient="85261234567")
    assert (failure.value.kind, failure.value.permanent) == ("recipient_refused", True)
    assert not provider.requests


OWN_TEMPLATES = [
    ("aliyun-short-message-auth-service", "templateCode"),
    ("whatsapp-short-message-service", "templateName"),
    ("aliyun-short-message-service", "templateCode"),
    ("tencent-short-message-service", "templateCode"),
]


@pytest.mark.parametrize(("factory_id", "member"), OWN_TEMPLATES)
@pytest.mark.parametrize(("template_type", "name"), [("SignIn", "for_SignIn"), ("BindMfa", "for_Generic")])
def test_a_type_without_a_template_has_that_of_generic(
    sent: Any, factory_id: str, member: str, template_type: str, name: str
) -> None:
    language = {"language": "en"} if member == "templateName" else {}
    rows = [{"usageType": usage_type, member: f"for_{usage_type}", **language} for usage_type in TYPES]
    request = sent(factory_id, {"templates": rows}, template_type=template_type, **SMS[factory_id].changes())
    assert name in request.body.decode()


@pytest.mark.parametrize(("factory_id", "member"), OWN_TEMPLATES)
def test_a_notification_is_never_put_into_a_template_for_codes(
    factory_id: str, member: str, provider: Provider, tenant: Tenant
) -> None:
    changes = {"template_type": "SecurityNotification", "payload": {"changes": []}}
    with pytest.raises(DeliveryError) as failure:
        send(factory_id, SMS[factory_id].config, **changes)
    assert (failure.value.kind, failure.value.permanent) == ("template_not_found", True)
    assert provider.requests == []
