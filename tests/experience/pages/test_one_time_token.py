"""Magic links on the hosted pages: one button, nothing used up before it, and nobody entered unawares."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine

from applications.models import Application
from common.actors import SYSTEM
from experience.models import Interaction
from identity.models import OneTimeToken, User
from identity.services.one_time_tokens import create_one_time_token, set_one_time_token_status
from oidc.models import AuthorizationRequest, Session
from tests.experience.conftest import NEW_PASSWORD, PASSWORD, REDIRECT_URI
from tests.experience.pages.conftest import Visitor

Change = Callable[..., None]


def make_link(email: str, *, event: str = "", organization_ids: list[str] | None = None) -> dict[str, str]:
    """What the application puts into its authorization request."""
    context: dict[str, Any] = {}
    if event:
        context["interactionEvent"] = event
    if organization_ids:
        context["jitOrganizationIds"] = organization_ids
    value = create_one_time_token(email=email, context=context, actor=SYSTEM).value
    return {"one_time_token": value, "login_hint": email}


def status() -> str:
    return OneTimeToken.objects.get().status


@pytest.fixture
def signed_in_bob(visitor: Visitor, bob: User, every_method: None) -> Visitor:
    """A browser in which bob is signed in by a link of his own."""
    visitor.open(prompt="consent", **make_link("bob@example.com")).press()
    assert "code" in visitor.arrive()
    OneTimeToken.objects.all().delete()
    return visitor


@pytest.mark.parametrize("first_screen", ["", "register", "identifier:sign_in", "identifier:register"])
def test_every_first_page_leads_to_the_link(visitor: Visitor, alice: User, first_screen: str) -> None:
    extra = {"first_screen": first_screen} if first_screen else {}
    visitor.open(**make_link("alice@example.com"), **extra)
    assert visitor.path == "/one-time-token"
    # The address that stays in the browser's history holds no token.
    assert visitor.response.request["QUERY_STRING"].startswith(f"app_id={visitor.application.id}&request=")
    assert "token" not in visitor.response.request["QUERY_STRING"]


def test_alice_signs_in(visitor: Visitor, alice: User) -> None:
    visitor.open(**make_link("alice@example.com"))
    assert "alice@example.com" in visitor.html
    visitor.press()
    assert set(visitor.arrive()) >= {"code", "state"}
    assert Session.objects.get().user_id == alice.id
    assert status() == "consumed"


def test_opening_the_link_uses_nothing_up(visitor: Visitor, application: Application, alice: User) -> None:
    link = make_link("alice@example.com")
    for scanner in (Visitor(application), Visitor(application)):
        scanner.open(**link)
        scanner.client.head(scanner.path)
    assert (status(), Interaction.objects.count()) == ("active", 0)
    assert "code" in visitor.open(**link).press().arrive()


def test_a_press_without_the_pages_token_does_nothing(visitor: Visitor, alice: User) -> None:
    visitor.open(**make_link("alice@example.com"))
    assert visitor.client.post(visitor.path).status_code == 403
    assert status() == "active"


def test_dora_gets_an_account_where_nobody_else_may_sign_up(visitor: Visitor, settings_of: Change) -> None:
    settings_of(signInMode="SignIn", signUp={"identifiers": [], "password": False, "verify": False})
    visitor.open(**make_link("dora@example.com"))
    assert "Create account" in visitor.html
    assert "code" in visitor.press().arrive()
    assert User.objects.get().primary_email == "dora@example.com"


def test_what_signing_up_asks_for_is_asked_then(visitor: Visitor, every_method: None, settings_of: Change) -> None:
    settings_of(signUp={"identifiers": ["email"], "password": True, "verify": True})
    visitor.open(**make_link("dora@example.com")).press()
    assert (visitor.path, visitor.context["account"]) == ("/continue/password", "dora@example.com")
    # Going back does not end in a link that was used.
    visitor.go("/one-time-token").press()
    assert visitor.path == "/continue/password"
    assert "code" in visitor.send(password=PASSWORD).arrive()
    assert User.objects.get().has_password


def test_the_box_for_the_terms_is_asked_for(visitor: Visitor, settings_of: Change) -> None:
    settings_of(
        agreeToTermsPolicy="Manual",
        termsOfUseUrl="https://example.com/terms",
        signUp={"identifiers": [], "password": False, "verify": False},
    )
    visitor.open(**make_link("dora@example.com")).press()
    assert (visitor.error_codes, status()) == (["agreed: required"], "active")
    assert "code" in visitor.press(agreed="on").arrive()


def test_a_link_for_a_forgotten_password_leads_to_a_new_one(visitor: Visitor, alice: User) -> None:
    visitor.open(**make_link("alice@example.com", event="ForgotPassword")).press()
    assert visitor.path == "/forgot-password/reset"
    assert visitor.send(password=NEW_PASSWORD).path == "/sign-in"


def test_pressed_twice_it_goes_on_all_the_same(visitor: Visitor, alice: User) -> None:
    visitor.open(**make_link("alice@example.com"))
    page = visitor.response
    visitor.press()
    visitor.response = page
    assert "code" in visitor.press().arrive()


def _expire(clock: Any) -> None:
    clock.shift(timedelta(minutes=11))


def _consume(clock: Any) -> None:
    set_one_time_token_status(OneTimeToken.objects.get(), status="consumed", actor=SYSTEM)


def _revoke(clock: Any) -> None:
    set_one_time_token_status(OneTimeToken.objects.get(), status="revoked", actor=SYSTEM)


def _delete(clock: Any) -> None:
    OneTimeToken.objects.all().delete()


@pytest.mark.parametrize("moment", ["before the page", "before the button"])
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_expire, "This link has expired."),
        (_consume, "This link has been used already."),
        (_revoke, "This link has been withdrawn."),
        (_delete, "This link is not valid."),
    ],
)
def test_a_link_that_does_not_work_says_why(
    visitor: Visitor, alice: User, spoil: Callable[[Any], None], sentence: str, moment: str
) -> None:
    link = make_link("alice@example.com")
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        if moment == "before the page":
            spoil(clock)
            visitor.open(**link)
        else:
            visitor.open(**link)
            spoil(clock)
            visitor.press()
        assert visitor.path == "/one-time-token/error"
        assert sentence in visitor.html
    assert f'href="/sign-in?app_id={visitor.application.id}&amp;request=' in visitor.html
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("email", "event", "sentence"),
    [
        ("alice@example.com", "Register", "This email address belongs to another account."),
        ("dora@example.com", "SignIn", "There is no such account."),
        ("dora@example.com", "ForgotPassword", "There is no such account."),
    ],
)
def test_a_link_for_one_thing_alone_is_kept_for_it(
    visitor: Visitor, alice: User, email: str, event: str, sentence: str
) -> None:
    visitor.open(**make_link(email, event=event))
    assert (visitor.path, sentence in visitor.html) == ("/one-time-token/error", True)
    assert status() == "active"


def test_a_link_without_its_address_is_none(visitor: Visitor, alice: User) -> None:
    link = make_link("alice@example.com")
    visitor.open(one_time_token=link["one_time_token"])
    assert (visitor.path, "This link is not valid." in visitor.html) == ("/one-time-token/error", True)


def test_the_page_says_only_sentences_of_ours(visitor: Visitor) -> None:
    visitor.open().go("/one-time-token/error?reason=session.captcha_failed&errorMessage=Call+555")
    assert "This link is not valid." in visitor.html
    assert "555" not in visitor.html


def test_without_a_request_there_is_no_page(visitor: Visitor) -> None:
    for path in ("/one-time-token", "/one-time-token/error", "/switch-account"):
        assert visitor.go(path).path == "/unknown-session"


def test_a_suspended_user_stays_out(visitor: Visitor, alice: User) -> None:
    visitor.open(**make_link("alice@example.com"))
    User.objects.update(is_suspended=True)
    assert visitor.press().path == "/account-suspended"


# --- somebody is signed in --------------------------------------------------------------------------------------------


def test_bob_is_asked_before_he_becomes_alice(signed_in_bob: Visitor, alice: User, bob: User) -> None:
    visitor = signed_in_bob.open(prompt="consent", **make_link("alice@example.com"))
    assert visitor.path == "/switch-account"
    assert re.search(r"bob@example\.com.*alice@example\.com", visitor.html, re.DOTALL)
    assert "code" in visitor.press().arrive()
    assert Session.objects.get().user_id == alice.id


def test_bob_stays_bob(signed_in_bob: Visitor, alice: User, bob: User) -> None:
    visitor = signed_in_bob.open(prompt="consent", **make_link("alice@example.com"))
    assert "code" in visitor.send(action="stay").arrive()
    assert (Session.objects.get().user_id, status()) == (bob.id, "active")
    assert not AuthorizationRequest.objects.exists()


def test_bob_asked_to_sign_in_again_is_not_asked_to_switch(signed_in_bob: Visitor, alice: User) -> None:
    visitor = signed_in_bob.open(prompt="login", **make_link("alice@example.com"))
    assert visitor.path == "/one-time-token"
    assert visitor.go("/switch-account").path == "/one-time-token"


def test_bobs_own_link_signs_him_in_again(signed_in_bob: Visitor) -> None:
    before = Session.objects.get()
    visitor = signed_in_bob.open(prompt="consent", **make_link("Bob@example.com"))
    assert visitor.path == "/one-time-token"
    assert "code" in visitor.press().arrive()
    after = Session.objects.get()
    assert (after.id, after.authenticated_at > before.authenticated_at) == (before.id, True)


def test_bobs_used_link_asks_for_nothing_more(signed_in_bob: Visitor) -> None:
    link = make_link("bob@example.com")
    signed_in_bob.open(prompt="consent", **link).press().arrive()
    answer = signed_in_bob.client.get(_again(signed_in_bob, link))
    assert "code=" in answer["Location"]


def test_bob_goes_on_where_the_link_has_expired(signed_in_bob: Visitor) -> None:
    link = make_link("bob@example.com")
    OneTimeToken.objects.update(expires_at=datetime.now(UTC))
    visitor = signed_in_bob.open(prompt="consent", **link)
    assert visitor.path == "/one-time-token/error"
    assert "code" in visitor.send(action="stay").arrive()


def test_nothing_is_shown_silently(signed_in_bob: Visitor, alice: User) -> None:
    answer = signed_in_bob.client.get(_again(signed_in_bob, make_link("alice@example.com"), prompt="none"))
    assert "code=" in answer["Location"]


def _again(visitor: Visitor, link: dict[str, str], **changes: str) -> str:
    parameters = {
        "client_id": visitor.application.id,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid profile",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
        "prompt": "consent",
        **link,
        **changes,
    }
    return f"/oidc/auth?{urlencode(parameters)}"


def test_a_waiting_request_holds_no_token_in_clear(visitor: Visitor, alice: User) -> None:
    link = make_link("alice@example.com")
    visitor.open(**link)
    assert link["one_time_token"] not in str(AuthorizationRequest.objects.get().parameters)
