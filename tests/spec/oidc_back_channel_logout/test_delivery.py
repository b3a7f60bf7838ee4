"""OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8: who is told, when, and what their answers mean."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from celery.app.task import Context
from celery.exceptions import Retry
from django.db import transaction

from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from events.models import AuditLog
from identity.models import User
from identity.services.users import delete_user, set_user_suspended
from oidc.backchannel_logout.tasks import send_logout_token
from oidc.clean_up import delete_expired
from oidc.models import Grant, Session
from oidc.sessions.grants import revoke_grant
from oidc.sessions.sessions import revoke_session
from organizations.models import Organization
from organizations.services.members import add_members, remove_member
from tests.oidc.authorization.browsing import WEB_REDIRECT, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.spec.oidc_back_channel_logout.receiver import Receiver

pytestmark = pytest.mark.django_db


def sign_out(browser: Browser) -> None:
    page = browser.client.get("/oidc/session/end").content.decode()
    fields = {name: unescape(value) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', page)}
    assert browser.client.post("/oidc/session/end/confirm", fields, content_type="application/json").status_code == 303


def attempt(receiver: Receiver, application: Application, user: User, *, retries: int = 0) -> None:
    """What a worker does with the message, at its first time or later."""
    send_logout_token.request_stack.push(Context(retries=retries, is_eager=False, called_directly=False))
    try:
        send_logout_token.run(
            "default", issuer="http://localhost:8000/oidc", client_id=application.id, user_id=user.id, sid="sid"
        )
    finally:
        send_logout_token.request_stack.pop()


def outcomes() -> list[str]:
    entries = AuditLog.objects.filter(key="BackchannelLogout").order_by("created_at")
    return [entry.payload["result"] for entry in entries]


# --- 2.5 Logout request ----------------------------------------------------------------------------------------------
def test_2_5_the_token_is_posted_as_a_form(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    browser.signed_in(listener.id, alice)
    with committed():
        sign_out(browser)
    [(path, content_type, body)] = receiver.requests
    assert (path, content_type) == ("/backchannel-logout", "application/x-www-form-urlencoded")
    assert re.fullmatch(r"logout_token=[\w.-]+", body)


def test_2_5_every_client_of_the_session_is_told_and_no_other(
    browser: Browser,
    listener: Application,
    make_application: MakeApplication,
    spa: Application,
    receiver: Receiver,
    alice: User,
    bob: User,
    committed: Any,
) -> None:
    second = make_application("Traditional", redirect_uris=(WEB_REDIRECT,), oidc={"backchannelLogoutUri": receiver.uri})
    make_application(oidc={"backchannelLogoutUri": receiver.uri})
    browser.signed_in(spa.id, alice)
    browser.authorize(listener.id)
    assert "code" in answer_of(browser.authorize(second.id, redirect_uri=WEB_REDIRECT))
    Browser().signed_in(listener.id, bob)
    with committed():
        sign_out(browser)
    assert {(claims["aud"], claims["sub"]) for claims in receiver.claims} == {
        (listener.id, alice.id),
        (second.id, alice.id),
    }
    assert outcomes() == ["Success", "Success"]


def test_2_5_a_session_that_is_revoked_from_outside(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    browser.signed_in(listener.id, alice)
    with committed():
        revoke_session(alice.id, Session.objects.get().id, actor=SYSTEM)
    assert [claims["sub"] for claims in receiver.claims] == [alice.id]


@pytest.mark.parametrize("end", ["suspend", "delete"])
def test_2_5_a_user_who_may_not_sign_in_any_more(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, bob: User, committed: Any, end: str
) -> None:
    """Every session of theirs is told of; being let in again tells nobody."""
    for found, user in ((browser, alice), (Browser(), alice), (Browser(), bob)):
        found.signed_in(listener.id, user)
    sids = {place.id for session in Session.objects.filter(user=alice) for place in session.authorizations.all()}
    user_id = alice.id
    with committed():
        if end == "suspend":
            set_user_suspended(alice, suspended=True, actor=SYSTEM)
            set_user_suspended(alice, suspended=False, actor=SYSTEM)
        else:
            delete_user(alice, actor=SYSTEM)
    assert {claims["sid"] for claims in receiver.claims} == sids
    assert [claims["sub"] for claims in receiver.claims] == [user_id] * 2


def test_2_5_somebody_else_signs_in_on_top(
    browser: Browser,
    listener: Application,
    spa: Application,
    receiver: Receiver,
    alice: User,
    bob: User,
    committed: Any,
) -> None:
    browser.signed_in(listener.id, alice)
    browser.authorize(spa.id, prompt="login")
    with committed():
        browser.sign_in(bob)
    assert [claims["sub"] for claims in receiver.claims] == [alice.id]


def test_2_5_signing_in_again_as_oneself_tells_nobody(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    browser.signed_in(listener.id, alice)
    browser.authorize(listener.id, prompt="login")
    with committed():
        browser.sign_in(alice)
    assert receiver.requests == []


@pytest.mark.parametrize("scope", ["openid urn:logto:scope:organizations", "openid profile"])
def test_a_member_who_has_left_an_organization(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, bob: User, committed: Any, scope: str
) -> None:
    """Applications that know the user's organizations are told; the user stays signed in here."""
    wayne = Organization.objects.create(name="Wayne")
    add_members(wayne, user_ids=[alice.id, bob.id], actor=SYSTEM)
    browser.signed_in(listener.id, alice, scope=scope)
    Browser().signed_in(listener.id, bob, scope=scope)
    with committed():
        remove_member(wayne, user_id=alice.id, actor=SYSTEM)
    told = [claims["sub"] for claims in receiver.claims]
    assert told == ([alice.id] if "organizations" in scope else [])
    assert Session.objects.filter(user=alice).exists()


def test_2_5_nobody_is_told_of_what_did_not_happen(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    browser.signed_in(listener.id, alice)
    with committed(), pytest.raises(ZeroDivisionError), transaction.atomic():
        revoke_session(alice.id, Session.objects.get().id, actor=SYSTEM)
        raise ZeroDivisionError
    assert receiver.requests == []
    assert Session.objects.exists()


def test_2_5_an_address_inside_the_network_is_not_connected_to(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    browser.signed_in(listener.id, alice)
    with committed():
        sign_out(browser)
    assert receiver.requests == []
    assert "not public" in AuditLog.objects.get(key="BackchannelLogout").payload["error"]
    assert not Session.objects.exists()


def test_a_client_that_lost_its_uri_meanwhile_is_not_told(
    listener: Application, receiver: Receiver, alice: User
) -> None:
    listener.oidc_client_metadata = {"redirectUris": []}
    listener.save()
    attempt(receiver, listener, alice)
    assert receiver.requests == []
    assert outcomes() == []


# --- 2.7 Refresh tokens ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("scope", "lasts"), [("openid", False), ("openid offline_access", True)])
def test_2_7_only_offline_access_outlives_the_session(
    browser: Browser, listener: Application, alice: User, scope: str, lasts: bool
) -> None:
    browser.signed_in(listener.id, alice, scope=scope)
    sign_out(browser)
    assert (Grant.objects.get().revoked_at is None) is lasts


# --- 2.8 Logout response ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [200, 204])
def test_2_8_ok_means_logged_out(listener: Application, receiver: Receiver, alice: User, status: int) -> None:
    receiver.status = status
    attempt(receiver, listener, alice)
    assert (len(receiver.requests), outcomes()) == (1, ["Success"])


@pytest.mark.parametrize("status", [400, 401, 404, 302, 307])
def test_2_8_a_refusal_is_final_and_redirects_are_not_followed(
    listener: Application, receiver: Receiver, alice: User, status: int
) -> None:
    receiver.status = status
    attempt(receiver, listener, alice)
    assert (len(receiver.requests), outcomes()) == (1, ["Error"])


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408, None])
def test_what_may_pass_is_tried_again_later_and_later_but_not_forever(
    listener: Application, receiver: Receiver, alice: User, status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []

    def retry(*, exc: Exception, countdown: int) -> Retry:
        waits.append(countdown)
        return Retry()

    monkeypatch.setattr(send_logout_token, "retry", retry)
    if status is None:
        listener.oidc_client_metadata |= {"backchannelLogoutUri": "http://127.0.0.1:1/nobody-listens"}
        listener.save()
    else:
        receiver.status = status
    for retries in range(5):
        with pytest.raises(Retry):
            attempt(receiver, listener, alice, retries=retries)
    attempt(receiver, listener, alice, retries=5)
    assert waits == [5, 15, 45, 135, 405]
    assert len(receiver.requests) == (0 if status is None else 6)
    assert len({claims["jti"] for claims in receiver.claims}) == len(receiver.requests)
    entry = AuditLog.objects.get(key="BackchannelLogout")
    assert (entry.payload["result"], entry.payload["attempts"]) == ("Error", 6)
    assert (entry.user_id, entry.application_id) == (alice.id, listener.id)


def test_the_user_is_signed_out_whatever_the_applications_answer(
    browser: Browser,
    listener: Application,
    make_application: MakeApplication,
    receiver: Receiver,
    alice: User,
    committed: Any,
) -> None:
    second = make_application(oidc={"backchannelLogoutUri": receiver.uri})
    receiver.once = [500]
    browser.signed_in(listener.id, alice)
    browser.authorize(second.id)
    with committed():
        sign_out(browser)
    assert not Session.objects.exists()
    assert (len(receiver.requests), sorted(outcomes())) == (2, ["Error", "Success"])


def test_a_queue_that_cannot_be_reached_keeps_nobody_signed_in(
    browser: Browser, listener: Application, alice: User, committed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*args: Any, **options: Any) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(send_logout_token, "delay", unreachable)
    browser.signed_in(listener.id, alice)
    with committed():
        sign_out(browser)
    assert not Session.objects.exists()


def test_an_application_whose_grant_was_revoked_is_told(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    """Revoking its refresh token took it out of the session: at sign-out nobody told it, its own session lived on."""
    browser.signed_in(listener.id, alice)
    revoke_grant(Grant.objects.get().id)
    with committed():
        sign_out(browser)
    assert [claims["aud"] for claims in receiver.claims] == [listener.id]


def test_it_is_told_when_the_sign_out_comes_days_later(
    browser: Browser, listener: Application, receiver: Receiver, alice: User, committed: Any
) -> None:
    """Cleaning up leaves a revoked grant that a session names."""
    browser.signed_in(listener.id, alice)
    revoke_grant(Grant.objects.get().id)
    with time_machine.travel(now() + timedelta(days=3)):
        delete_expired()
        with committed():
            sign_out(browser)
        assert [claims["aud"] for claims in receiver.claims] == [listener.id]
        Grant.objects.update(revoked_at=now() - timedelta(days=2))
        delete_expired()
    assert not Grant.objects.exists()
