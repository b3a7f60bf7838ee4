"""`/api/users/…/sessions`: where a user is signed in, and signing them out there."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from applications.models import Application
from common.clock import now, to_milliseconds
from events.models import AuditLog
from identity.models import User
from oidc.models import AccessToken, Grant, RefreshToken, Session
from tests.oidc.authorization.browsing import WEB_REDIRECT, Browser, answer_of
from tests.oidc.authorization.test_sessions import give_tokens

pytestmark = pytest.mark.django_db

ABSENT = "x" * 21

# The tenant, the caller, who is new here, and its limits, then the sessions and their applications.
_STATEMENTS = 8


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture
def session(browser: Browser, spa: Application, alice: User) -> Session:
    """Alice is signed in to a single-page application, to stay."""
    browser.signed_in(spa.id, alice)
    return Session.objects.get()


def test_the_list(api: Client, session: Session, spa: Application, alice: User) -> None:
    place = session.authorizations.get()
    expected = {
        "payload": {
            "exp": int(session.expires_at.timestamp()),
            "iat": int(session.created_at.timestamp()),
            "jti": session.id,
            "uid": session.id,
            "kind": "Session",
            "loginTs": int(session.authenticated_at.timestamp()),
            "accountId": alice.id,
            "authorizations": {spa.id: {"sid": place.id, "grantId": place.grant_id, "persistsLogout": True}},
        },
        "lastSubmission": {"interactionEvent": "SignIn"},
        "clientId": spa.id,
        "accountId": alice.id,
        "expiresAt": to_milliseconds(session.expires_at),
    }
    address = f"/api/users/{alice.id}/sessions"
    assert api.get(address).json() == {"sessions": [expected]}
    assert api.get(f"{address}/{session.id}").json() == expected


def test_the_cookie_is_never_shown(api: Client, browser: Browser, session: Session, alice: User) -> None:
    shown = api.get(f"/api/users/{alice.id}/sessions").content.decode()
    assert browser.client.cookies["_session"].value not in shown
    assert session.cookie_sha256 not in shown


def test_each_user_has_their_own_latest_first(
    api: Client,
    session: Session,
    spa: Application,
    alice: User,
    bob: User,
) -> None:
    with time_machine.travel(now() + timedelta(minutes=1)):
        Browser().signed_in(spa.id, bob)
        Browser().signed_in(spa.id, alice)
        found = api.get(f"/api/users/{alice.id}/sessions").json()["sessions"]
    assert len(found) == 2
    assert {item["accountId"] for item in found} == {alice.id}
    assert found[1]["payload"]["uid"] == session.id
    assert api.get(f"/api/users/{ABSENT}/sessions").json() == {"sessions": []}


def test_the_list_costs_the_same_however_long(
    api: Client,
    session: Session,
    spa: Application,
    alice: User,
    django_assert_num_queries: Any,
) -> None:
    for _ in range(3):
        Browser().signed_in(spa.id, alice)
    api.get("/api/status")
    with django_assert_num_queries(_STATEMENTS):
        assert len(api.get(f"/api/users/{alice.id}/sessions").json()["sessions"]) == 4


def test_one_that_is_over_is_not_there(api: Client, session: Session, alice: User) -> None:
    Session.objects.update(expires_at=now() - timedelta(seconds=1))
    address = f"/api/users/{alice.id}/sessions"
    assert api.get(address).json() == {"sessions": []}
    for method in (api.get, api.delete):
        assert error(method(f"{address}/{session.id}")) == (404, "oidc.session_not_found")


def test_unknown_ids(api: Client, session: Session, alice: User) -> None:
    for method in (api.get, api.delete):
        assert error(method(f"/api/users/{alice.id}/sessions/{ABSENT}")) == (404, "oidc.session_not_found")
        assert error(method(f"/api/users/{alice.id}/sessions/%00")) == (404, "entity.not_found")


def test_a_session_of_somebody_else(api: Client, session: Session, bob: User) -> None:
    address = f"/api/users/{bob.id}/sessions/{session.id}"
    assert error(api.get(address)) == (404, "oidc.session_not_found")
    assert error(api.delete(address)) == (404, "oidc.invalid_session_account_id")
    assert Session.objects.exists()


def test_another_tenant_neither_sees_nor_ends_it(acme_api: Client, session: Session, alice: User) -> None:
    address = f"/api/users/{alice.id}/sessions"
    assert acme_api.get(address).json() == {"sessions": []}
    assert error(acme_api.delete(f"{address}/{session.id}")) == (404, "oidc.session_not_found")
    assert Session.objects.exists()


def test_revoking_signs_the_browser_out(
    api: Client,
    browser: Browser,
    session: Session,
    spa: Application,
    backend: Application,
    alice: User,
) -> None:
    other = Browser()
    other.signed_in(spa.id, alice)
    response = api.delete(f"/api/users/{alice.id}/sessions/{session.id}")
    assert (response.status_code, response.content) == (204, b"")
    assert browser.authorize(spa.id)["Location"].startswith("/sign-in?")
    assert "code" in answer_of(other.authorize(spa.id))
    entry = AuditLog.objects.get(key="RevokeSession")
    assert entry.user_id == alice.id
    assert entry.payload["revokedSessionId"] == session.id
    assert entry.payload["actor"] == {"kind": "application", "id": backend.id}
    assert error(api.delete(f"/api/users/{alice.id}/sessions/{session.id}")) == (404, "oidc.session_not_found")


@pytest.mark.parametrize(
    ("query", "revoked"),
    [
        ("", {"passing"}),
        ("?revokeGrantsTarget=firstParty", {"passing", "lasting"}),
        ("?revokeGrantsTarget=all", {"passing", "lasting", "foreign"}),
    ],
)
def test_which_grants_go_with_the_session(
    api: Client,
    browser: Browser,
    spa: Application,
    web: Application,
    make_application: Any,
    alice: User,
    query: str,
    revoked: set[str],
) -> None:
    """Without a word those that were not to stay; a third party's stay with `firstParty`."""
    foreign = make_application()
    browser.signed_in(spa.id, alice, scope="openid")
    for application, redirect_uri in ((web, WEB_REDIRECT), (foreign, None)):
        changes = {"redirect_uri": redirect_uri} if redirect_uri else {}
        assert "code" in answer_of(browser.authorize(application.id, **changes))
    Application.objects.filter(id=foreign.id).update(is_third_party=True)
    names = {spa.id: "passing", web.id: "lasting", foreign.id: "foreign"}
    session = Session.objects.get()
    assert api.delete(f"/api/users/{alice.id}/sessions/{session.id}{query}").status_code == 204
    gone = Grant.objects.filter(revoked_at__isnull=False)
    assert {names[grant.application_id] for grant in gone} == revoked
    assert set(AuditLog.objects.get(key="RevokeSession").payload["revokeGrantIds"]) == {grant.id for grant in gone}


@pytest.mark.parametrize("query", ["", "?revokeGrantsTarget=all"])
def test_which_tokens_go_with_the_session(api: Client, session: Session, alice: User, query: str) -> None:
    give_tokens(session, with_session=False)
    assert api.delete(f"/api/users/{alice.id}/sessions/{session.id}{query}").status_code == 204
    for model in (AccessToken, RefreshToken):
        assert model.objects.exists() is (query == "")


def test_tokens_bound_to_the_session_always_go(api: Client, session: Session, alice: User) -> None:
    give_tokens(session, with_session=True)
    assert api.delete(f"/api/users/{alice.id}/sessions/{session.id}").status_code == 204
    assert not AccessToken.objects.exists()
    assert not RefreshToken.objects.exists()


@pytest.mark.parametrize("target", ["", "ALL", "thirdParty"])
def test_an_unknown_target_ends_nothing(api: Client, session: Session, alice: User, target: str) -> None:
    response = api.delete(f"/api/users/{alice.id}/sessions/{session.id}?revokeGrantsTarget={target}")
    assert error(response) == (400, "guard.invalid_input")
    assert Session.objects.exists()
