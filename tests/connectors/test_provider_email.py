"""What a provider of email gets over the wire."""

import base64
import json
import re
from typing import Any

import pytest
import time_machine

from common.actors import SYSTEM
from common.clock import now
from connectors.failures import DeliveryError
from connectors.kinds.amazon_ses.signature import sign_request
from connectors.services.templates import replace_email_templates
from tenants.models import Tenant
from tests.connectors.provider import Provider, Request, send
from tests.connectors.provider_cases import EMAIL, SECRET, TYPES, templates

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(provider: Provider, tenant: Tenant) -> Any:
    """Send through a provider and return what it got."""

    def send_by(factory_id: str, config: dict[str, Any] | None = None, **changes: Any) -> Request:
        provider.answer(*EMAIL[factory_id].accepted)
        send(factory_id, EMAIL[factory_id].config | (config or {}), **changes)
        return provider.request

    return send_by


def test_sendgrid(sent: Any) -> None:
    request = sent("sendgrid-email-service")
    assert request.url == "https://api.sendgrid.com/v3/mail/send"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    body = request.json
    [personalization] = body["personalizations"]
    assert personalization["to"] == [{"email": "bob@example.com"}]
    assert body["from"] == {"email": "no-reply@example.com", "name": "Acme, Inc."}
    assert body["subject"] == "Your sign-in code"
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert all("123456" in part["value"] for part in body["content"])


def test_sendgrid_in_the_european_union(sent: Any) -> None:
    assert sent("sendgrid-email-service", {"region": "eu"}).url == "https://api.eu.sendgrid.com/v3/mail/send"


def test_mailgun(sent: Any) -> None:
    request = sent("mailgun-email")
    assert request.url == "https://api.mailgun.net/v3/mg.example.com/messages"
    assert request.headers["authorization"] == "Basic " + base64.b64encode(f"api:{SECRET}".encode()).decode()
    form = request.form
    assert (form["from"], form["to"], form["subject"]) == (
        "Acme <no-reply@mg.example.com>",
        "bob@example.com",
        "Your sign-in code",
    )
    assert "123456" in form["text"]
    assert "123456" in form["html"]


def test_mailgun_in_the_european_union(sent: Any) -> None:
    request = sent("mailgun-email", {"endpoint": "https://api.eu.mailgun.net"})
    assert request.url == "https://api.eu.mailgun.net/v3/mg.example.com/messages"


def test_mailguns_deliveries(sent: Any) -> None:
    own = {"subject": "{{code}} is your code", "html": "<b>{{code}}</b>", "text": "Code {{code}}"}
    form = sent("mailgun-email", {"deliveries": dict.fromkeys(TYPES, own)}).form
    assert (form["subject"], form["html"], form["text"]) == ("123456 is your code", "<b>123456</b>", "Code 123456")


def test_mailguns_templates(sent: Any) -> None:
    stored = {
        "subject": "Code {{code}}",
        "template": "codes",
        "variables": {"brand": "Acme"},
        "replyTo": "Help <help@example.com>",
    }
    form = sent("mailgun-email", {"deliveries": dict.fromkeys(TYPES, stored)}, template_type="BindMfa").form
    assert (form["template"], form["subject"]) == ("codes", "Code 123456")
    assert form["h:Reply-To"] == "Help <help@example.com>"
    assert json.loads(form["t:variables"]) == {"brand": "Acme", "code": "123456", "locale": "en"}
    assert not form.get("html")


def test_postmark(sent: Any) -> None:
    request = sent("postmark-mail", {"messageStream": "codes"})
    assert request.url == "https://api.postmarkapp.com/email"
    assert request.headers["x-postmark-server-token"] == SECRET
    body = request.json
    assert (body["From"], body["To"], body["Subject"], body["MessageStream"]) == (
        "Acme <no-reply@example.com>",
        "bob@example.com",
        "Your sign-in code",
        "codes",
    )
    assert "123456" in body["TextBody"]
    assert "123456" in body["HtmlBody"]


TEMPLATES = [
    {"usageType": "SignIn", "templateAlias": "sign-in"},
    *({"usageType": kind, "templateAlias": "generic"} for kind in ("Register", "ForgotPassword", "Generic")),
]


@pytest.mark.parametrize(("template_type", "alias"), [("SignIn", "sign-in"), ("BindMfa", "generic")])
def test_postmarks_templates(sent: Any, template_type: str, alias: str) -> None:
    payload = {"code": "123456", "application": {"name": "Shop"}}
    request = sent("postmark-mail", {"templates": TEMPLATES}, template_type=template_type, payload=payload)
    assert request.url == "https://api.postmarkapp.com/email/withTemplate/"
    body = request.json
    assert body["TemplateAlias"] == alias
    assert body["TemplateModel"] == payload | {"locale": "en"}
    assert not body.keys() & {"Subject", "TextBody", "HtmlBody"}


def test_a_notification_is_never_put_into_a_template_for_codes(sent: Any) -> None:
    changes = [{"factor": "Totp", "change": "Added"}]
    templates = {"templates": TEMPLATES}
    request = sent("postmark-mail", templates, template_type="SecurityNotification", payload={"changes": changes})
    assert request.url == "https://api.postmarkapp.com/email"
    assert "authenticator app was added" in request.json["HtmlBody"]


def test_the_tenants_own_template_goes_before_the_providers(sent: Any) -> None:
    details = {
        "subject": "Hello",
        "content": "<i>{{code}}</i>",
        "sendFrom": "Shop <shop@example.com>",
        "replyTo": "a@b.example",
    }
    replace_email_templates([{"languageTag": "en", "templateType": "SignIn", "details": details}], actor=SYSTEM)
    body = sent("postmark-mail", {"templates": TEMPLATES}).json
    assert (body["Subject"], body["HtmlBody"]) == ("Hello", "<i>123456</i>")
    assert (body["From"], body["ReplyTo"]) == ("Shop <shop@example.com>", "a@b.example")


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_amazon_ses(sent: Any) -> None:
    request = sent("aws-ses-mail")
    assert request.url == "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails"
    body = request.json
    assert body["FromEmailAddress"] == "Acme <no-reply@example.com>"
    assert body["Destination"] == {"ToAddresses": ["bob@example.com"]}
    assert body["ConfigurationSetName"] == "events"
    assert body["FeedbackForwardingEmailAddress"] == "bounces@example.com"
    assert "FromEmailAddressIdentityArn" not in body
    simple = body["Content"]["Simple"]
    assert simple["Subject"] == {"Data": "Your sign-in code", "Charset": "UTF-8"}
    assert all("123456" in simple["Body"][part]["Data"] for part in ("Text", "Html"))
    signed = sign_request(
        "POST",
        request.url,
        headers={"content-type": "application/json"},
        payload=request.body,
        access_key_id="AKIDEXAMPLE",
        access_key_secret=SECRET,
        region="eu-central-1",
        service="ses",
        moment=now(),
    )
    assert request.headers["authorization"] == signed["authorization"]
    assert request.headers["x-amz-date"] == "20260301T120000Z"
    assert request.headers["content-type"] == "application/json"


def test_amazon_ses_in_china(sent: Any) -> None:
    url = sent("aws-ses-mail", {"region": "cn-north-1"}).url
    assert url == "https://email.cn-north-1.amazonaws.com.cn/v2/email/outbound-emails"


def test_smtp2go(sent: Any) -> None:
    request = sent("smtp2go-email-service")
    assert request.url == "https://api.smtp2go.com/v3/email/send"
    assert request.headers["x-smtp2go-api-key"] == SECRET
    body = request.json
    assert (body["sender"], body["to"]) == ("Acme <no-reply@example.com>", ["bob@example.com"])
    assert "123456" in body["text_body"]
    assert "123456" in body["html_body"]


def test_mailjunky(sent: Any) -> None:
    request = sent("mailjunky-email-service")
    assert request.url == "https://mailjunky.ai/api/v1/emails/send"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    body = request.json
    assert (body["from"], body["to"]) == ('"Acme, Inc." <no-reply@example.com>', ["bob@example.com"])
    assert "123456" in body["text"]
    assert "123456" in body["html"]


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_aliyun_direct_mail(sent: Any) -> None:
    request = sent("aliyun-direct-mail", {"region": "eu-central-1"})
    assert request.url == "https://dm.eu-central-1.aliyuncs.com/"
    assert request.headers["x-acs-action"] == "SingleSendMail"
    assert request.headers["x-acs-version"] == "2015-11-23"
    assert request.headers["x-acs-date"] == "2026-03-01T12:00:00Z"
    signed = r"SignedHeaders=accept;content-type;host;x-acs-[a-z0-9;-]+,Signature=[0-9a-f]{64}"
    assert re.fullmatch(r"ACS3-HMAC-SHA256 Credential=testid," + signed, request.headers["authorization"])
    form = request.form
    assert (form["AccountName"], form["FromAlias"], form["ToAddress"]) == (
        "no-reply@mail.example.com",
        "Acme",
        "bob@example.com",
    )
    assert "123456" in form["HtmlBody"]


@pytest.mark.parametrize(
    "factory_id",
    [
        *("sendgrid-email-service", "smtp2go-email-service", "aws-ses-mail", "aliyun-direct-mail"),
        "mailjunky-email-service",
    ],
)
def test_templates_of_a_connector(sent: Any, factory_id: str) -> None:
    injected = "Code\r\nBcc: mallory@example.com"
    rows = templates(subject=injected, content="Code: {{code}}", type="text/plain")
    request = sent(factory_id, {"templates": rows}, template_type="MfaVerification")
    text = request.body.decode() if "urlencoded" not in request.headers["content-type"] else str(request.form)
    assert "Code: 123456" in text
    assert "<html" not in text
    assert "Code Bcc: mallory@example.com" in text


@pytest.mark.parametrize("factory_id", EMAIL)
@pytest.mark.parametrize(
    "recipient", ["bob@example.com,mallory@example.com", "bob@example.com\r\nBcc: m@example.com", "bob", ""]
)
def test_a_recipient_is_one_address(factory_id: str, recipient: str, provider: Provider, tenant: Tenant) -> None:
    with pytest.raises(DeliveryError) as failure:
        send(factory_id, EMAIL[factory_id].config, recipient=recipient)
    assert failure.value.kind == "recipient_refused"
    assert provider.requests == []


@pytest.mark.parametrize("factory_id", EMAIL)
def test_a_domain_is_sent_as_dns_has_it(sent: Any, factory_id: str) -> None:
    """Some services fold letters beyond ASCII to others, and the message would go to somebody else."""
    body = sent(factory_id, recipient="bob@münchen.example").body.decode()
    assert "xn--mnchen-3ya.example" in body
    assert "ünchen" not in body
