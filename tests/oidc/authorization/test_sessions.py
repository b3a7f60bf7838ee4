"""Sessions and the cookies that stand for them."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine

from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from common.errors import AppError
from events.models import AuditLog
from identity.models import User
from identity.services.users import delete_user, set_user_suspended
from oidc.authorization.pending import abort, complete_login
from oidc.models import AccessToken, AuthorizationRequest, Grant, RefreshToken, Session
from tenants.context import enter_tenant
from tests.oidc.authorization.browsing import WEB_REDIRECT, Browser, answer_of

pytestmark = pytest.mark.django_db


def give_tokens(session: Session, *, with_session: bool = False) -> None:
    """An opaque access token and a refresh token of the session's only application."""
    place = session.authorizations.get()
    shared: dict[str, Any] = {
        "user_id": session.user_id,
        "application_id": place.application_id,
        "grant_id": place.grant_id,
        "session": session,
        "expires": now() + timedelta(hours=1),
        "expires_with_session": with_session,
    }
    AccessToken.objects.create(token_checksum=f"a-{session.id}", **shared)
    RefreshToken.objects.create(
        token_checksum=f"r-{session.id}", auth_time=now(), family_started_at=now(), sid=place.id, **shared
    )


def test_the_cookies_are_signed_and_out_of_reach_of_scripts(browser: Browser, spa: Application, alice: User) -> None:
    browser.authorize(spa.id, ui_locales="de")
    cookies = browser.client.cookies
    pending = AuthorizationRequest.objects.get()
    assert json.loads(unquote(cookies["_interaction"].value)) == {spa.id: pending.id, "_legacy": pending.id}
    assert cookies["_interaction_resume"].value == pending.id
    assert cookies["_interaction_resume"]["path"] == f"/oidc/auth/{pending.id}"
    assert json.loads(unquote(cookies["_logto"].value)) == {"appId": spa.id, "uiLocales": "de"}
    assert not cookies["_logto"]["httponly"]
    browser.sign_in(alice)
    for name in ("_session", "_session.sig", "_interaction_resume", "_interaction_resume.sig"):
        assert cookies[name]["samesite"] == "Lax"
    assert cookies["_session"]["httponly"]
    assert cookies["_session.sig"]["httponly"]
    assert cookies["_session"]["max-age"] == 1_209_600
    assert not cookies["_session"]["secure"]
    assert cookies["_session"].value not in str(Session.objects.values())
    assert cookies["_interaction"].value == ""


def test_the_credential_of_one_tap_is_there_for_a_moment(browser: Browser, spa: Application) -> None:
    """For the script of a sign-in page; only what is a JWT by its characters, and fits into a cookie."""
    name = "_logto_google_one_tap_credential"
    browser.authorize(spa.id, google_one_tap_credential="aa.b-b.c_c")
    cookie = browser.client.cookies[name]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("aa.b-b.c_c", 10, "Lax")
    assert not cookie["httponly"]
    for worthless in ("a;b", "a b", "a" * 3501):
        del browser.client.cookies[name]
        browser.authorize(spa.id, google_one_tap_credential=worthless)
        assert name not in browser.client.cookies
        browser.client.cookies[name] = "x"


def test_on_https_every_cookie_is_secure(spa: Application, alice: User, settings: Any) -> None:
    settings.BASE_URL = "https://localhost:8000"
    browser = Browser(secure=True)
    browser.signed_in(spa.id, alice)
    assert all(cookie["secure"] for cookie in browser.client.cookies.values() if cookie["max-age"] != 0)


@pytest.mark.parametrize("name", ["_session", "_session.sig"])
def test_a_tampered_session_cookie_is_none(browser: Browser, spa: Application, alice: User, name: str) -> None:
    browser.signed_in(spa.id, alice)
    value = browser.client.cookies[name].value
    browser.client.cookies[name] = value[:-1] + ("A" if value[-1] != "A" else "B")
    assert browser.authorize(spa.id)["Location"].startswith("/sign-in?")


def test_a_cookie_of_one_name_does_not_pass_for_another(browser: Browser, spa: Application, alice: User) -> None:
    browser.authorize(spa.id)
    cookies = browser.client.cookies
    cookies["_session"] = cookies["_interaction_resume"].value
    cookies["_session.sig"] = cookies["_interaction_resume.sig"].value
    cookies["_interaction"] = ""
    assert browser.authorize(spa.id)["Location"].startswith("/sign-in?")


def test_another_tenants_cookies_are_worthless(
    browser: Browser, spa: Application, acme_spa: Application, mallory: User
) -> None:
    there = Browser("acme")
    there.signed_in(acme_spa.id, mallory)
    there.authorize(acme_spa.id, prompt="login")
    browser.client.cookies = there.client.cookies
    assert browser.authorize(spa.id, prompt="none")["Location"].startswith(
        "https://spa.example.com/callback?error=login"
    )
    uid = there.client.cookies["_interaction_resume"].value
    with enter_tenant("acme"):
        complete_login(AuthorizationRequest.objects.get(id=uid), user=mallory, submission={})
    response = browser.client.get(f"/oidc/auth/{uid}")
    assert (response.status_code, response.json()["code"]) == (400, "session.not_found")
    assert not AuthorizationRequest.objects.filter(id=uid).exists()


def test_a_stolen_link_completes_nothing(browser: Browser, spa: Application, alice: User) -> None:
    browser.authorize(spa.id)
    pending = browser.pending()
    assert pending
    complete_login(pending, user=alice, submission={})
    thief = Browser()
    for attempt in (thief.client.get(f"/oidc/auth/{pending.id}"), thief.client.get("/oidc/auth/unknown")):
        assert (attempt.status_code, attempt.json()["code"]) == (400, "session.not_found")
        assert attempt.json()["error"] == "invalid_request"
    assert "code" in answer_of(browser.client.get(f"/oidc/auth/{pending.id}")), "the true browser still can"


def test_a_request_is_resumed_once(browser: Browser, spa: Application, alice: User) -> None:
    browser.authorize(spa.id)
    uid = browser.client.cookies["_interaction_resume"].value
    saved = {name: browser.client.cookies[name].value for name in ("_interaction_resume", "_interaction_resume.sig")}
    browser.sign_in(alice)
    for name, value in saved.items():
        browser.client.cookies[name] = value
    response = browser.client.get(f"/oidc/auth/{uid}")
    assert (response.status_code, response.json()["code"]) == (400, "session.not_found")


def test_resuming_without_an_outcome_asks_again(browser: Browser, spa: Application) -> None:
    browser.authorize(spa.id)
    first = browser.pending()
    assert first
    assert browser.client.get(f"/oidc/auth/{first.id}")["Location"] == f"/sign-in?app_id={spa.id}"
    second = browser.pending()
    assert second
    assert second.id != first.id
    assert second.parameters == {**first.parameters, "journey": first.id}, "it is the same journey"


def test_an_expired_request_is_gone(browser: Browser, spa: Application, alice: User) -> None:
    browser.authorize(spa.id)
    pending = browser.pending()
    assert pending
    with time_machine.travel(now() + timedelta(seconds=3601)):
        assert browser.pending() is None
        with pytest.raises(AppError, match="session.not_found"):
            complete_login(pending, user=alice, submission={})
        response = browser.client.get(f"/oidc/auth/{pending.id}")
        assert (response.status_code, response.json()["code"]) == (400, "session.not_found")


def test_giving_up_tells_the_client(browser: Browser, spa: Application) -> None:
    browser.authorize(spa.id)
    pending = browser.pending()
    assert pending
    abort(pending, error="oidc.aborted", description="the user left")
    answer = answer_of(browser.client.get(f"/oidc/auth/{pending.id}"))
    assert (answer["error"], answer["error_description"]) == ("oidc.aborted", "the user left")
    assert answer["state"] == "opaque state"
    assert AuditLog.objects.get(key="Interaction.End").payload["result"] == "Error"


def test_every_sign_in_has_a_fresh_cookie_but_keeps_the_session(
    browser: Browser, spa: Application, alice: User
) -> None:
    browser.signed_in(spa.id, alice)
    planted, session = browser.client.cookies["_session"].value, Session.objects.get()
    signature = browser.client.cookies["_session.sig"].value
    assert browser.authorize(spa.id, prompt="login")["Location"].startswith("/sign-in?")
    assert "code" in answer_of(browser.sign_in(alice))
    assert browser.client.cookies["_session"].value != planted
    assert Session.objects.get().id == session.id
    assert Session.objects.get().authenticated_at > session.authenticated_at
    thief = Browser()
    thief.client.cookies["_session"], thief.client.cookies["_session.sig"] = planted, signature
    assert thief.authorize(spa.id)["Location"].startswith("/sign-in?")


def test_signing_in_as_somebody_else_ends_the_old_session(
    browser: Browser, spa: Application, web: Application, alice: User, bob: User
) -> None:
    browser.signed_in(spa.id, alice, scope="openid")
    kept = answer_of(browser.authorize(web.id, redirect_uri=WEB_REDIRECT))
    assert "code" in kept
    browser.authorize(spa.id, prompt="login")
    assert "code" in answer_of(browser.sign_in(bob))
    assert Session.objects.get().user_id == bob.id
    revoked = Grant.objects.filter(user=alice, revoked_at__isnull=False).get()
    assert revoked.application_id == spa.id, "what was to last, with offline_access, lasts"


@pytest.mark.parametrize(("seconds", "asked"), [(50, False), (70, True)])
def test_max_age(browser: Browser, spa: Application, alice: User, seconds: int, asked: bool) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        browser.signed_in(spa.id, alice)
        clock.shift(timedelta(seconds=seconds))
        location = browser.authorize(spa.id, max_age="60", prompt=None)["Location"]
        assert location.startswith("/sign-in?") is asked
        if asked:
            assert answer_of(browser.authorize(spa.id, max_age="60", prompt="none"))["error"] == "login_required"
            assert "code" in answer_of(browser.sign_in(alice))


def test_max_age_zero_always_asks_but_only_once(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    assert browser.authorize(spa.id, max_age="0", prompt=None)["Location"].startswith("/sign-in?")
    assert "code" in answer_of(browser.sign_in(alice))


def test_a_suspended_users_session_counts_as_none(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    User.objects.filter(id=alice.id).update(is_suspended=True)
    assert browser.authorize(spa.id)["Location"].startswith("/sign-in?")
    assert answer_of(browser.sign_in(alice))["error"] == "access_denied"


@pytest.mark.parametrize("end", ["suspend", "delete"])
def test_suspending_or_deleting_a_user_ends_everything_at_once(
    browser: Browser, spa: Application, alice: User, bob: User, end: str
) -> None:
    browser.signed_in(spa.id, alice)
    give_tokens(Session.objects.get(user=alice))
    other = Browser()
    other.signed_in(spa.id, bob)
    give_tokens(Session.objects.get(user=bob))
    if end == "suspend":
        set_user_suspended(alice, suspended=True, actor=SYSTEM)
    else:
        delete_user(alice, actor=SYSTEM)
    assert browser.authorize(spa.id)["Location"].startswith("/sign-in?")
    for model in (Session, AccessToken, RefreshToken):
        assert [row.user_id for row in model.objects.all()] == [bob.id]
    assert "code" in answer_of(other.authorize(spa.id))


def test_lifting_a_suspension_ends_nothing(browser: Browser, spa: Application, alice: User) -> None:
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    set_user_suspended(alice, suspended=False, actor=SYSTEM)
    browser.signed_in(spa.id, alice)
    assert Session.objects.get().user_id == alice.id
