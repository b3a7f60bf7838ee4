"""Messages: words chosen by type and language, delivered after the commit, kept by the development mailbox."""

from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from connectors.messages import fill
from connectors.models import Connector, MailboxMessage
from connectors.selectors import has_connector
from connectors.services.composition import open_order, seal_order
from connectors.services.connectors import create_connector, update_connector
from connectors.services.delivery import send_test_message
from connectors.services.messages import send_message, withhold_message
from connectors.services.templates import replace_email_templates
from experience.services.settings import update_sign_in_experience
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db

SMTP = {"host": "localhost", "port": 2525, "fromEmail": "Gatehouse <no-reply@example.com>"}
TEMPLATE = {"subject": "Code {{code}}", "content": "<p>{{application.name}} {{code}} {{unknown}}</p>"}


def send_code(**changes: Any) -> None:
    order: dict[str, Any] = {
        "channel": "email",
        "recipient": "alice@example.com",
        "template_type": "SignIn",
        "payload": {"code": "123456"},
    }
    send_message(**(order | changes))


@pytest.fixture
def mailbox(tenant: Tenant) -> None:
    create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)
    create_connector(factory_id="development-mailbox-sms", config={}, actor=SYSTEM)


def test_without_a_connector_nothing_can_be_sent(tenant: Tenant) -> None:
    with pytest.raises(AppError) as failure:
        send_code()
    assert (failure.value.code, failure.value.status) == ("connector.not_found", 501)


def test_the_mailbox_keeps_mail_and_sms_with_their_codes(
    mailbox: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send_code()
        send_code(channel="phone", recipient="12025550100", payload={"code": "654321"})
    assert set(MailboxMessage.objects.values_list("channel", "code")) == {("email", "123456"), ("phone", "654321")}


def test_a_message_for_nobody_is_handed_over_and_dropped(
    mailbox: None, django_capture_on_commit_callbacks: Any
) -> None:
    """To whoever waits for the answer it is like one that is sent."""
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        withhold_message(
            channel="email", recipient="nobody@example.com", template_type="SignIn", payload={"code": "123456"}
        )
    assert len(callbacks) == 1
    assert not MailboxMessage.objects.exists()


def test_a_message_about_an_organization_needs_no_application(
    mailbox: None, django_capture_on_commit_callbacks: Any
) -> None:
    """The template's alternative to the organization's name was looked up even if it was not needed, and failed."""
    with django_capture_on_commit_callbacks(execute=True):
        send_message(
            channel="email",
            recipient="alice@example.com",
            template_type="OrganizationInvitation",
            payload={"link": "https://shop.example/join", "organization": {"name": "Hill Farm"}, "application": {}},
        )
    assert "Hill Farm" in MailboxMessage.objects.get().content


def test_nothing_is_sent_before_the_commit(mailbox: None, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=False) as waiting:
        send_code()
    assert len(waiting) == 1
    assert not MailboxMessage.objects.exists()


def test_a_code_does_not_lie_readable_in_the_broker() -> None:

    sealed = seal_order({"payload": {"code": "123456"}})
    assert "123456" not in sealed
    assert open_order(sealed)["payload"]["code"] == "123456"


@pytest.fixture
def smtp(tenant: Tenant, mail_server: MailServer) -> MailServer:
    create_connector(factory_id="simple-mail-transfer-protocol", config=SMTP | {"port": mail_server.port}, actor=SYSTEM)
    return mail_server


def put_template(template_type: str, **details: str) -> None:
    row = {"languageTag": "en", "templateType": template_type, "details": details}
    replace_email_templates([row], actor=SYSTEM)


def test_smtp_sends_text_and_html(smtp: MailServer, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send_code(locale="de")
    [received] = smtp.received
    assert received.recipients == ["alice@example.com"]
    assert str(received.message["From"]) == SMTP["fromEmail"]
    texts = [part.get_content() for part in received.message.iter_parts()]
    assert ["123456" in text for text in texts] == [True, True]
    assert [part.get_content_type() for part in received.message.iter_parts()] == ["text/plain", "text/html"]


def test_the_tenants_own_template_wins_and_values_are_escaped(
    smtp: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    put_template("Generic", **TEMPLATE)
    with django_capture_on_commit_callbacks(execute=True):
        send_code(payload={"code": "1", "application": {"name": "<b>App</b>"}}, locale="fr")
    [received] = smtp.received
    assert received.message["Subject"] == "Code 1"
    assert received.message.get_content().strip() == "<p>&lt;b&gt;App&lt;/b&gt; 1 {{unknown}}</p>"


def test_a_header_cannot_be_injected_through_the_subject(
    smtp: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    put_template("SignIn", subject="{{application.name}}", content="x", contentType="text/plain")
    with django_capture_on_commit_callbacks(execute=True):
        send_code(payload={"code": "1", "application": {"name": "a\r\nBcc: mallory@example.com"}})
    [received] = smtp.received
    assert received.message["Subject"] == "a Bcc: mallory@example.com"
    assert received.message["Bcc"] is None
    assert received.recipients == ["alice@example.com"]


@pytest.mark.parametrize(
    ("name", "address", "sender", "reply_to"),
    [
        ("Acme, Inc.", "bob@example.com", '"Acme, Inc." <post@example.com>', "bob@example.com"),
        ("a <x@example.com>,\r\nBcc: b", "", '"a <x@example.com>, Bcc: b" <post@example.com>', None),
        ("Acme", "mallory@example.com, bob@example.com", "Acme <post@example.com>", None),
    ],
)
def test_placeholders_of_the_sender_are_its_name_and_no_other_address(
    smtp: MailServer,
    django_capture_on_commit_callbacks: Any,
    name: str,
    address: str,
    sender: str,
    reply_to: str | None,
) -> None:
    """A value that makes no address leaves the header out; the message is sent all the same."""
    words = {"sendFrom": "{{organization.name}} <post@example.com>", "replyTo": "{{inviter.primaryEmail}}"}
    put_template("SignIn", subject="x", content="x", **words)
    payload = {"code": "1", "organization": {"name": name}, "inviter": {"primaryEmail": address}}
    with django_capture_on_commit_callbacks(execute=True):
        send_code(payload=payload)
    [received] = smtp.received
    assert str(received.message["From"]) == sender
    assert received.message["Reply-To"] == reply_to
    assert received.sender == "post@example.com"


@pytest.mark.parametrize("key", ["sendFrom", "replyTo"])
@pytest.mark.parametrize("value", ["a@example.com, b@example.com", "Acme", "a@example.com\r\nBcc: b@example.com"])
def test_a_template_whose_sender_is_no_mailbox_is_refused(tenant: Tenant, key: str, value: str) -> None:
    with pytest.raises(AppError) as refused:
        put_template("SignIn", subject="x", content="x", **{key: value})
    assert refused.value.code == "guard.invalid_input"
    [issue] = refused.value.data["issues"]
    assert issue["path"] == f"details.{key}"
    assert issue["message"]


def test_a_second_email_connector_replaces_the_first(mailbox: None) -> None:

    create_connector(factory_id="simple-mail-transfer-protocol", config=SMTP, actor=SYSTEM)
    assert set(Connector.objects.values_list("factory_id", flat=True)) == {
        "simple-mail-transfer-protocol",
        "development-mailbox-sms",
    }


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"host": "x", "port": 0, "fromEmail": "a@b.c"},
        SMTP | {"fromEmail": "a@b.c\nBcc: x@y.z"},
        SMTP | {"port": "x"},
    ],
)
def test_a_bad_configuration_is_refused(tenant: Tenant, config: dict[str, Any]) -> None:
    with pytest.raises(AppError) as failure:
        create_connector(factory_id="simple-mail-transfer-protocol", config=config, actor=SYSTEM)
    assert failure.value.code == "connector.invalid_config"


def test_a_connector_without_a_configuration_waits_for_one(tenant: Tenant) -> None:
    """A connector can be set up before its configuration is known; until then nothing is sent through it."""
    connector = create_connector(factory_id="simple-mail-transfer-protocol", actor=SYSTEM)
    assert not has_connector("email")
    update_connector(connector, config=SMTP, actor=SYSTEM)
    assert has_connector("email")


def test_the_mailbox_is_never_there_in_production(tenant: Tenant, settings: Any) -> None:
    settings.DEVELOPMENT_MAILBOX = False
    with pytest.raises(AppError) as failure:
        create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)
    assert failure.value.code == "connector.not_found_with_connector_id"


def test_private_addresses_are_refused(tenant: Tenant, settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    with pytest.raises(AppError) as failure:
        send_test_message(
            factory_id="http-email",
            channel="email",
            recipient="alice@example.com",
            config={"endpoint": "http://127.0.0.1:1/"},
            actor=SYSTEM,
        )
    assert failure.value.code == "connector.general"
    assert "not public" in failure.value.data["message"]


def test_connectors_stay_in_their_tenant(mailbox: None, tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"), pytest.raises(AppError) as failure:
        send_code()
    assert failure.value.code == "connector.not_found"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{a.b}}", "1"),
        ("{{ a.b }}", "1"),
        ("{{a.c}}", ""),
        ("{{a.b.c}}", ""),
        ("{{x}}", "{{x}}"),
        ("{{x.y}}", "{{x.y}}"),
    ],
)
def test_places(text: str, expected: str) -> None:
    assert fill(text, {"a": {"b": 1}}) == expected


def test_a_template_in_the_tenants_fallback_language_serves_readers_of_others(
    smtp: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    """It was English for everybody, whatever the tenant had chosen."""
    update_sign_in_experience({"languageInfo": {"autoDetect": True, "fallbackLanguage": "de"}}, actor=SYSTEM)
    row = {"languageTag": "de", "templateType": "SignIn", "details": {"subject": "Ihr Code", "content": "{{code}}"}}
    replace_email_templates([row], actor=SYSTEM)
    with django_capture_on_commit_callbacks(execute=True):
        send_code(locale="ja")
    assert smtp.received[0].message["Subject"] == "Ihr Code"


@pytest.mark.parametrize(
    ("reader", "tag"), [("zh-hans", "zh-CN"), ("zh-CN", "zh-CN"), ("pt", "pt-PT"), ("de-AT", "de")]
)
def test_a_language_may_be_spelled_as_on_the_wire_or_as_we_do(
    smtp: MailServer, django_capture_on_commit_callbacks: Any, reader: str, tag: str
) -> None:
    """Templates for Chinese and Portuguese were never found: pages name these languages otherwise than templates."""
    put_template("SignIn", subject="In English", content="{{code}}")
    row = {"languageTag": tag, "templateType": "SignIn", "details": {"subject": "Own words", "content": "{{code}}"}}
    replace_email_templates([row], actor=SYSTEM)
    with django_capture_on_commit_callbacks(execute=True):
        send_code(locale=reader)
    assert smtp.received[0].message["Subject"] == "Own words"


def test_a_language_without_template_does_not_get_its_neighbors(
    smtp: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    row = {
        "languageTag": "pt-BR",
        "templateType": "SignIn",
        "details": {"subject": "Seu código", "content": "{{code}}"},
    }
    replace_email_templates([row], actor=SYSTEM)
    with django_capture_on_commit_callbacks(execute=True):
        send_code(locale="pt-PT")
    assert smtp.received[0].message["Subject"] != "Seu código"


def test_the_plain_text_of_a_template_goes_along_with_its_html(
    smtp: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    put_template("SignIn", subject="Code", content="<p>{{code}}</p>", textContent="Code: {{code}}")
    with django_capture_on_commit_callbacks(execute=True):
        send_code()
    parts = [part.get_content().strip() for part in smtp.received[0].message.iter_parts()]
    assert parts == ["Code: 123456", "<p>123456</p>"]
