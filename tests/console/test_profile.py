"""A developer's own profile: what is changed there, and what has to be known for it."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from connectors.models import Connector, MailboxMessage
from connectors.services.connectors import delete_connector
from events.models import AuditLog
from identity.models import User
from identity.selectors import get_user
from identity.services.passwords import verify_user_password
from oidc.models import Session
from oidc.sessions.sessions import start_session
from tenants.context import enter_tenant
from tests.console.conftest import HOST, PASSWORD, browser_of

PROFILE = "/console/profile"
NEW = "copper lantern 77"


@pytest.fixture
def change(console: Client, django_capture_on_commit_callbacks: Any) -> Any:
    """Send one form of the page, and return the page that follows."""

    def send(kind: str, **fields: str) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            return console.post(PROFILE, {"kind": kind, **fields}, follow=True).content.decode()

    return send


def now_of(user: User) -> User:
    with enter_tenant("admin"):
        return get_user(user.id)


def code() -> str:
    with enter_tenant("admin"):
        return MailboxMessage.objects.latest("created_at").code


def test_it_is_for_whoever_is_signed_in(installation: dict[str, Any]) -> None:
    answer = Client(HTTP_HOST=HOST).get(PROFILE)
    assert answer.headers["Location"] == "/console/sign-in?next=%2Fconsole%2Fprofile"
    assert Client(HTTP_HOST="acme.localhost:8000").get(PROFILE).status_code == 404


def test_the_name_is_changed(change: Any, carol: User) -> None:
    assert "Your name was changed." in change("name", name="Carol Carter")
    assert now_of(carol).name == "Carol Carter"


def test_the_password_is_changed_by_who_knows_it(change: Any, carol: User) -> None:
    assert "The password is wrong." in change("password", current="guess", new=NEW)
    assert "Use at least 8 characters." in change("password", current=PASSWORD, new="short")
    assert "must differ" in change("password", current=PASSWORD, new=PASSWORD)
    with enter_tenant("admin"):
        assert verify_user_password(get_user(carol.id), PASSWORD)
    assert "Your password was changed." in change("password", current=PASSWORD, new=NEW)
    with enter_tenant("admin"):
        assert verify_user_password(get_user(carol.id), NEW)
        entry = AuditLog.objects.get(key="User.Data.Updated", payload__changed=["password"])
    assert entry.payload["actor"] == {"kind": "user", "id": carol.id}


def test_a_new_password_signs_out_everywhere_else(change: Any, console: Client, carol: User) -> None:
    elsewhere = browser_of(carol)
    change("password", current=PASSWORD, new=NEW)
    assert console.get(PROFILE).status_code == 200
    assert elsewhere.get(PROFILE).status_code == 302


def test_a_first_password_needs_no_other(change: Any, carol: User) -> None:
    with enter_tenant("admin"):
        User.objects.filter(id=carol.id).update(password_encrypted=None, password_encryption_method=None)
    assert "Your password was changed." in change("password", new=NEW)


def test_the_email_address_is_changed_with_a_code(change: Any, carol: User) -> None:
    assert "The password is wrong." in change("email", email="carol@example.com", current="guess")
    page = change("email", email="carol@example.com", current=PASSWORD)
    assert "Enter the code that was sent to carol@example.com." in page
    assert "The code is wrong." in change("code", code="x")
    assert now_of(carol).primary_email is None
    assert "Your email address was changed." in change("code", code=code())
    assert now_of(carol).primary_email == "carol@example.com"


def test_another_address_can_be_used_instead(change: Any) -> None:
    change("email", email="carol@exmaple.com", current=PASSWORD)
    assert "New email address" in change("restart")


def test_an_address_of_somebody_else_is_refused_to_who_has_it(change: Any, carol: User, dave: User) -> None:
    with enter_tenant("admin"):
        User.objects.filter(id=dave.id).update(primary_email="dave@example.com", email_key="dave@example.com")
    change("email", email="dave@example.com", current=PASSWORD)
    assert "This email address belongs to another account." in change("code", code=code())


def test_an_address_that_cannot_be_proved_is_not_asked_for(console: Client, carol: User) -> None:
    with enter_tenant("admin"):
        for connector in Connector.objects.all():
            delete_connector(connector.id, actor=SYSTEM)
    page = console.get(PROFILE).content.decode()
    assert "New email address" not in page
    assert "is changed by an admin of tenant admin" in page


def test_sessions_of_others_stay(change: Any, dave: User) -> None:
    with enter_tenant("admin"):
        session, _cookie = start_session(dave, client_id="", submission={}, replacing=None)
    change("password", current=PASSWORD, new=NEW)
    with enter_tenant("admin"):
        assert Session.objects.filter(id=session.id).exists()
