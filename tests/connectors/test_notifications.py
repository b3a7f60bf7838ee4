"""Notices of changed factors: in words, in the reader's language, and never in the clothes of a code."""

from typing import Any

import pytest
from django.conf import settings

from common.actors import SYSTEM
from connectors.models import MailboxMessage
from connectors.services.connectors import create_connector
from connectors.services.messages import send_message
from tenants.models import Tenant
from tests.connectors.test_messages import put_template

pytestmark = pytest.mark.django_db

ADDED = [{"factor": "Totp", "change": "Added"}]


@pytest.fixture(autouse=True)
def mailbox(tenant: Tenant) -> None:
    create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)


@pytest.fixture
def notify(django_capture_on_commit_callbacks: Any) -> Any:
    def send(changes: list[dict[str, str]], **options: Any) -> MailboxMessage:
        with django_capture_on_commit_callbacks(execute=True):
            send_message(
                channel="email",
                recipient="alice@example.com",
                template_type="SecurityNotification",
                payload={"changes": changes, "user": {"name": "Alice"}},
                **options,
            )
        return MailboxMessage.objects.latest("created_at")

    return send


def test_it_says_what_was_done_and_what_to_do(notify: Any) -> None:
    sent = notify([{"factor": "Totp", "change": "Removed"}, {"factor": "BackupCode", "change": "Removed"}], locale="en")
    assert sent.subject == "Your sign-in security was changed"
    for words in ("authenticator app was removed", "backup codes were removed", "change your password"):
        assert words in sent.content
    assert "you can ignore this message" not in sent.content
    assert sent.code == ""


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES if code != "en"])
def test_every_language_has_its_own_words(notify: Any, language: str) -> None:
    sent = notify(ADDED, locale=language)
    assert sent.subject != "Your sign-in security was changed"
    assert "authenticator app was added" not in sent.content
    assert "change your password" not in sent.content


def test_the_words_of_a_code_are_not_used(notify: Any) -> None:
    put_template("Generic", subject="Your code", content="Your code is {{code}}")
    assert notify(ADDED).subject == "Your sign-in security was changed"


def test_a_tenants_own_words_have_their_places(notify: Any) -> None:
    put_template("SecurityNotification", subject="Hello {{user.name}}", content="{{message}} <b>{{warning}}</b>")
    sent = notify(ADDED, locale="en")
    assert sent.subject == "Hello Alice"
    assert sent.content.startswith("An authenticator app was added to your account. <b>If this was not you")
