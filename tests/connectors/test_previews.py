"""Emails before they are sent: previews with made-up values, and built-in words to go on from."""

import re
from typing import Any

import pytest
from django.conf import settings

from common.actors import SYSTEM
from connectors.messages import TemplateType, built_in
from connectors.services.connectors import create_connector
from connectors.services.delivery import send_test_message
from connectors.services.previews import built_in_template, preview_email
from connectors.services.templates import replace_email_templates
from experience.services.settings import update_sign_in_experience
from tenants.models import Tenant
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _ in settings.LANGUAGES]


@pytest.mark.parametrize("kind", TemplateType)
def test_every_message_has_a_preview_without_places_left(tenant: Tenant, kind: TemplateType) -> None:
    shown = preview_email(kind, "en")
    assert shown.subject
    assert "{{" not in shown.subject + shown.html + shown.text


def test_a_draft_is_filled_in_and_escaped(tenant: Tenant) -> None:
    draft = {"subject": "{{user.name}}", "content": "<b>{{application.name}}</b> {{code}}", "contentType": "text/html"}
    shown = preview_email(TemplateType.SIGN_IN, "en", details=draft)
    assert shown == ("Alice Moreau", "<b>Acme Shop</b> 000000", "")


def test_a_draft_in_plain_text_has_no_html(tenant: Tenant) -> None:
    draft = {"subject": "Code", "content": "<{{code}}>", "contentType": "text/plain"}
    assert preview_email(TemplateType.SIGN_IN, "en", details=draft) == ("Code", "", "<000000>")


@pytest.mark.parametrize("kind", TemplateType)
def test_the_built_in_words_become_a_template_that_says_the_same(tenant: Tenant, kind: TemplateType) -> None:
    details = built_in_template(kind, "de")
    assert preview_email(kind, "de", details=details).subject == preview_email(kind, "de").subject
    places = {
        "SecurityNotification": "{{message}}",
        "WebhookPaused": "{{message}}",
        "OrganizationInvitation": "{{link}}",
    }
    assert places.get(kind, "{{code}}") in details["content"]
    assert places.get(kind, "{{code}}") in details["textContent"]
    shown = preview_email(kind, "de", details=details)
    assert "{{" not in shown.html + shown.text


@pytest.mark.parametrize("minutes", [1, 2, 5, 21])
@pytest.mark.parametrize("language", LANGUAGES)
def test_how_long_a_code_is_good_is_said_in_every_language(tenant: Tenant, language: str, minutes: int) -> None:
    payload = {"code": "123456", "expiresInMinutes": minutes}
    _, html, text = built_in(TemplateType.SIGN_IN, payload, language)
    without = built_in(TemplateType.SIGN_IN, {"code": "123456"}, language)
    assert len(html) > len(without[1])
    assert len(text) > len(without[2])
    assert language == "en" or "The code is valid" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invitation_says_by_whom_and_to_what(tenant: Tenant, language: str) -> None:
    invitation = {"link": "https://shop.example", "organization": {"name": "Hill <Farm>"}, "inviter": {"name": "Bob"}}
    _, html, text = built_in(TemplateType.ORGANIZATION_INVITATION, invitation, language)
    assert "Bob" in html
    assert "Hill &lt;Farm&gt;" in html
    assert "Bob" in text
    assert "Hill <Farm>" in text
    unnamed = built_in(TemplateType.ORGANIZATION_INVITATION, {**invitation, "inviter": {}}, language)
    assert "Hill &lt;Farm&gt;" in unnamed[1]


def test_the_logo_of_the_organization_goes_before_the_applications_and_the_tenants(tenant: Tenant) -> None:
    update_sign_in_experience({"branding": {"logoUrl": "https://acme.example/logo.png"}}, actor=SYSTEM)
    owners: dict[str, Any] = {"code": "1"}
    assert "https://acme.example/logo.png" in built_in(TemplateType.SIGN_IN, owners, "en")[1]
    owners["application"] = {"name": "Shop", "branding": {"logoUrl": "https://shop.example/logo.png"}}
    assert "https://shop.example/logo.png" in built_in(TemplateType.SIGN_IN, owners, "en")[1]
    owners["organization"] = {"name": "Farm", "branding": {"logoUrl": "https://farm.example/logo.png"}}
    assert "https://farm.example/logo.png" in built_in(TemplateType.SIGN_IN, owners, "en")[1]


def test_a_logo_that_is_no_web_address_is_left_out(tenant: Tenant) -> None:
    owners = {"code": "1", "organization": {"name": "Farm", "branding": {"logoUrl": "javascript:alert(1)"}}}
    assert "javascript" not in built_in(TemplateType.SIGN_IN, owners, "en")[1]


def test_a_test_message_has_the_words_of_its_type(tenant: Tenant, mail_server: MailServer) -> None:
    config = {"host": "localhost", "port": mail_server.port, "fromEmail": "no-reply@example.com"}
    create_connector(factory_id="simple-mail-transfer-protocol", config=config, actor=SYSTEM)
    details = {"subject": "Join {{organization.name}}", "content": "{{inviter.name}}: {{link}}"}
    row = {"languageTag": "en", "templateType": "OrganizationInvitation", "details": details}
    replace_email_templates([row], actor=SYSTEM)
    send_test_message(
        factory_id="simple-mail-transfer-protocol",
        channel="email",
        recipient="alice@example.com",
        config=config,
        template_type=TemplateType.ORGANIZATION_INVITATION,
        actor=SYSTEM,
    )
    [received] = mail_server.received
    assert received.message["Subject"] == "Join Hill Farm"
    assert received.message.get_content().strip() == "Bob Lindqvist: https://example.com/join"


def test_nothing_but_the_code_looks_like_one(tenant: Tenant) -> None:
    """A color of six digits was taken for the code by whoever looks for one in the source of the email."""
    _, html, text = built_in(TemplateType.SIGN_IN, {"code": "987654", "expiresInMinutes": 10}, "en")
    assert re.findall(r"[0-9]{6}", html) == re.findall(r"[0-9]{6}", text) == ["987654"]
