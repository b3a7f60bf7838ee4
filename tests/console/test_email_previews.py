"""Email templates are seen, begun from the built-in words, and tried in the console."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from connectors.models import EmailTemplate, MailboxMessage
from connectors.services.templates import replace_email_templates
from console.tenancy import ConsoleRole
from tenants.context import enter_tenant
from tests.console.conftest import browser_of, developer

pytestmark = pytest.mark.django_db

AREA = "/console/default/connectors/emailtemplate"
DRAFT = {"template_type": "SignIn", "language_tag": "en", "content_type": "text/html"}


@pytest.fixture(autouse=True)
def _inside_default(installation: dict[str, Any]) -> Iterator[None]:
    with enter_tenant("default"):
        yield


@pytest.fixture
def template() -> EmailTemplate:
    details = {"subject": "Code {{code}}", "content": "<p>{{code}} for {{user.name}}</p>", "contentType": "text/html"}
    row = {"languageTag": "en", "templateType": "SignIn", "details": details}
    return replace_email_templates([row], actor=SYSTEM)[0]


def test_what_is_typed_is_filled_in(console: Client) -> None:
    words = {"subject": "Hi {{user.name}}", "content": "{{code}}"}
    answer = console.post(f"{AREA}/preview/", {**DRAFT, **words})
    assert answer.json() == {"subject": "Hi Alice Moreau", "html": "000000", "text": "", "isBuiltIn": False}


def test_without_words_the_built_in_ones_are_shown_and_can_be_taken_over(console: Client) -> None:
    shown = console.post(f"{AREA}/preview/", DRAFT | {"language_tag": "de"}).json()
    words = console.get(f"{AREA}/words/", DRAFT | {"language_tag": "de"}).json()
    assert shown["isBuiltIn"]
    assert shown["subject"] == words["subject"] == "Ihr Anmeldecode"
    assert "{{code}}" in words["content"]


@pytest.mark.parametrize("bad", [{"template_type": "Nothing"}, {"content": "x" * 100_001}, {"language_tag": "x" * 17}])
def test_what_no_template_could_be_has_no_preview(console: Client, bad: dict[str, str]) -> None:
    assert console.post(f"{AREA}/preview/", {**DRAFT, **bad}).status_code == 400


def test_the_page_shows_the_email_inert(console: Client, template: EmailTemplate) -> None:
    """The built-in email is safe HTML to Django, and once ended the attribute that it stands in."""
    page = console.get(f"{AREA}/{template.id}/change/").content.decode()
    assert 'sandbox=""' in page
    assert 'srcdoc="&lt;p&gt;000000 for Alice Moreau&lt;/p&gt;"' in page
    assert 'srcdoc="&lt;!doctype html&gt;' in console.get(f"{AREA}/add/").content.decode()


def test_a_test_message_has_the_templates_words(
    console: Client, template: EmailTemplate, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = console.post(f"{AREA}/{template.id}/test/", {"recipient": "zoe@example.com"}, follow=True)
    assert "The test message is on its way to zoe@example.com." in page.content.decode()
    sent = MailboxMessage.objects.get(recipient="zoe@example.com")
    assert (sent.subject, sent.content) == ("Code 000000", "<p>000000 for Alice Moreau</p>")


def test_nobody_is_sent_a_test_message_who_has_no_address(console: Client, template: EmailTemplate) -> None:
    page = console.post(f"{AREA}/{template.id}/test/", {"recipient": "zoe"}, follow=True)
    assert "This is not an email address." in page.content.decode()
    assert not MailboxMessage.objects.exists()


def test_a_collaborator_of_another_tenant_sees_nothing(installation: dict[str, Any]) -> None:
    mallory = browser_of(developer("mallory", admin=ConsoleRole.COLLABORATOR))
    assert mallory.post(f"{AREA}/preview/", DRAFT).status_code in (302, 403, 404)
