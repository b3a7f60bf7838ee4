"""Attacks on magic links: used again, used for somebody else, guessed, used up by others, and sent as a trap."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from common.actors import SYSTEM
from identity.models import OneTimeToken, User
from identity.services.one_time_tokens import create_one_time_token
from oidc.models import AuthorizationRequest, PushedAuthorizationRequest, Session
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.experience.conftest import Browser, code_of
from tests.experience.pages.conftest import Visitor
from tests.racing import race

ALICE = "alice@example.com"
BLOCKED = "session.verification_blocked_too_many_attempts"
VERIFY = "/verification/one-time-token/verify"


def make(email: str) -> str:
    return create_one_time_token(email=email, actor=SYSTEM).value


def body(email: str, token: str) -> dict[str, Any]:
    return {"identifier": {"type": "email", "value": email}, "token": token}


def test_a_link_found_in_a_mailbox_later_is_worth_nothing(
    browser: Browser,
    other_browser: Browser,
    alice: User,
) -> None:
    token = make(ALICE)
    browser.start()
    assert browser.post(VERIFY, body(ALICE, token))[0] == 200
    other_browser.start()
    assert code_of(other_browser.post(VERIFY, body(ALICE, token))) == (400, "one_time_token.token_consumed")


def test_ones_own_link_does_not_open_anothers_account(
    browser: Browser,
    alice: User,
    bob: User,
) -> None:
    """The address is the caller's to name, the token is not."""
    token = make("bob@example.com")
    browser.start()
    assert code_of(browser.post(VERIFY, body(ALICE, token))) == (400, "one_time_token.email_mismatch")


def test_a_link_follows_its_address_and_not_its_former_owner(
    browser: Browser,
    alice: User,
    bob: User,
) -> None:
    token = make("bob@example.com")
    User.objects.filter(id=bob.id).update(primary_email=None, email_key=None)
    browser.start()
    _, answer = browser.post(VERIFY, body("bob@example.com", token))
    assert code_of(browser.identify(answer["verificationId"])) == (404, "user.user_not_exist")


def test_mallorys_tenant_has_no_say_here(
    browser: Browser,
    alice: User,
    tenants: dict[str, Tenant],
) -> None:
    with enter_tenant("acme"):
        token = make(ALICE)
    browser.start()
    assert code_of(browser.post(VERIFY, body(ALICE, token))) == (404, "one_time_token.token_not_found")


def test_guesses_are_counted_with_those_at_the_password(
    browser: Browser,
    alice: User,
    every_method: None,
    settings_of: Callable[..., None],
) -> None:
    settings_of(sentinelPolicy={"maxAttempts": 3, "lockoutDuration": 10})
    browser.start()
    for spelling in (ALICE, "ALICE@example.com"):
        assert code_of(browser.post(VERIFY, body(spelling, "guess")))[1] == "one_time_token.token_not_found"
    wrong = {"identifier": {"type": "email", "value": ALICE}, "password": "guess"}
    assert code_of(browser.post("/verification/password", wrong))[1] == BLOCKED
    assert code_of(browser.post(VERIFY, body(ALICE, make(ALICE))))[1] == BLOCKED
    assert browser.get("/interaction")[1]["verificationRecords"] == []


def test_a_locked_out_owner_is_told_so_on_the_page(
    visitor: Visitor,
    alice: User,
    settings_of: Callable[..., None],
) -> None:
    settings_of(sentinelPolicy={"maxAttempts": 1, "lockoutDuration": 10})
    other = Browser(Client(HTTP_HOST="localhost:8000"))
    other.open(visitor.application)
    other.start()
    other.post(VERIFY, body(ALICE, "guess"))
    visitor.open(one_time_token=make(ALICE), login_hint=ALICE).press()
    assert visitor.error_codes == [BLOCKED]
    assert not Session.objects.exists()


def test_a_victim_is_not_signed_in_as_the_attacker_unawares(
    visitor: Visitor,
    bob: User,
) -> None:
    """Login CSRF: mallory sends a link to an account of her own, and waits for what alice will store there."""
    trap = {"one_time_token": make("bob@example.com"), "login_hint": "bob@example.com"}
    visitor.open(**trap)
    assert "bob@example.com" in visitor.html
    assert 'http-equiv="refresh"' not in visitor.html
    assert "requestSubmit" not in visitor.html
    assert not Session.objects.exists()


def test_the_address_of_a_page_does_not_bring_another_link(
    visitor: Visitor,
    alice: User,
    bob: User,
) -> None:
    """Only the application's own request counts, not what a page's address was changed to."""
    visitor.open()
    for path in ("/one-time-token", "/sign-in", "/switch-account"):
        visitor.client.get(path, {"one_time_token": make("bob@example.com"), "login_hint": "bob@example.com"})
        assert visitor.go(f"{path}?one_time_token=x&login_hint=bob@example.com").path != "/one-time-token"
        assert "bob@example.com" not in visitor.html


def test_a_button_does_not_take_up_a_link_that_came_later(
    visitor: Visitor,
    alice: User,
    bob: User,
) -> None:
    """Another window begins a sign-in with mallory's link while alice looks at her own."""
    visitor.open(one_time_token=make(ALICE), login_hint=ALICE)
    page = visitor.response
    visitor.open(one_time_token=make("bob@example.com"), login_hint="bob@example.com")
    visitor.response = page
    visitor.press()
    assert dict(OneTimeToken.objects.values_list("email", "status")) == {ALICE: "consumed", "bob@example.com": "active"}
    assert not Session.objects.exclude(user=alice).exists()


def test_the_session_after_a_link_is_a_new_one(
    visitor: Visitor,
    alice: User,
    bob: User,
    every_method: None,
) -> None:
    """Session fixation: a cookie planted before is worth nothing after."""
    visitor.open(one_time_token=make("bob@example.com"), login_hint="bob@example.com").press().arrive()
    planted = visitor.client.cookies["_session"].value
    visitor.open(one_time_token=make(ALICE), login_hint=ALICE).press().arrive()
    assert visitor.client.cookies["_session"].value != planted
    assert Session.objects.get().user_id == alice.id


def test_who_reads_the_database_cannot_use_a_link_under_way(
    client: Client,
    application: Application,
    alice: User,
) -> None:
    token = make(ALICE)
    parameters = {
        "client_id": application.id,
        "redirect_uri": "https://app.example.com/callback",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
        "one_time_token": token,
        "login_hint": ALICE,
    }
    pushed = client.post("/oidc/request", parameters).json()
    answer = client.get("/oidc/auth", {"client_id": application.id, "request_uri": pushed["request_uri"]})
    assert f"one_time_token={token}" in answer["Location"]
    stored = [
        *AuthorizationRequest.objects.values(),
        *PushedAuthorizationRequest.objects.values(),
        *OneTimeToken.objects.values(),
    ]
    assert token not in str(stored)


@pytest.mark.django_db(transaction=True)
def test_of_many_browsers_at_once_one_gets_in(
    application: Application,
    alice: User,
) -> None:
    token = make(ALICE)
    browsers = [Browser(Client(HTTP_HOST="localhost:8000")) for _ in range(4)]
    for each in browsers:
        each.open(application)
        each.start()
    answers = race([partial(each.post, VERIFY, body(ALICE, token)) for each in browsers], tenant_id=None)
    assert sorted(status for status, _ in answers) == [200, 400, 400, 400]
