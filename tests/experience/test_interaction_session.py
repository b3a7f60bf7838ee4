"""Whose journey a call is about, and the journey's own life."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from experience.models import Interaction
from identity.models import User
from oidc.models import AuthorizationRequest
from tests.experience.conftest import REDIRECT_URI, Browser, code_of

CALLS = [
    ("GET", "/interaction", None),
    ("PUT", "/interaction-event", {"interactionEvent": "SignIn"}),
    ("POST", "/identification", {"verificationId": "x"}),
    ("POST", "/submit", None),
    ("POST", "/verification/password", {"identifier": {"type": "username", "value": "a"}, "password": "b"}),
    (
        "POST",
        "/verification/verification-code",
        {"identifier": {"type": "email", "value": "a@b.co"}, "interactionEvent": "SignIn"},
    ),
    (
        "POST",
        "/verification/verification-code/verify",
        {"identifier": {"type": "email", "value": "a@b.co"}, "verificationId": "x", "code": "1"},
    ),
    ("POST", "/profile", {"type": "username", "value": "carol"}),
    ("PUT", "/profile/password", {"password": "x"}),
]


@pytest.mark.parametrize(("verb", "path", "body"), [*CALLS, ("PUT", "", {"interactionEvent": "SignIn"})])
def test_without_cookie(client: Client, tenant: Any, verb: str, path: str, body: Any) -> None:
    status, answer = Browser(client).call(verb, path, body)
    assert (status, answer["code"], answer["error"]) == (400, "session.not_found", "invalid_request")
    assert answer["message"]
    assert answer["error_description"]


def test_parse_error_false_leaves_the_providers_words(client: Client, tenant: Any) -> None:
    status, answer = Browser(client).get("/interaction?parse_error=false")
    assert status == 400
    assert set(answer) == {"error", "error_description"}


@pytest.mark.parametrize(("verb", "path", "body"), CALLS)
def test_before_the_start(browser: Browser, verb: str, path: str, body: Any) -> None:
    assert code_of(browser.call(verb, path, body)) == (404, "session.interaction_not_found")


def test_expired_request(browser: Browser) -> None:
    browser.start()
    AuthorizationRequest.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert code_of(browser.get("/interaction")) == (400, "session.not_found")


def test_cookie_of_another_tenant(browser: Browser, acme_client: Client, mallory: User) -> None:
    browser.start()
    acme_client.cookies.update(browser.client.cookies)
    assert code_of(Browser(acme_client).get("/interaction")) == (400, "session.not_found")


def test_forged_cookie(browser: Browser, other_browser: Browser) -> None:
    """The value of somebody else's cookie with the signature of one's own."""
    other_browser.start()
    browser.client.cookies["_interaction"] = other_browser.client.cookies["_interaction"].value
    assert code_of(browser.get("/interaction")) == (400, "session.not_found")


def test_two_applications_sign_in_at_once(browser: Browser, application: Application, alice: User) -> None:
    other = create_application(
        name="Desk",
        type="SPA",
        oidc_client_metadata={"redirectUris": [REDIRECT_URI], "postLogoutRedirectUris": []},
        actor=SYSTEM,
    )
    browser.open(other)
    browser.headers = {"Logto-App-Id": application.id}
    browser.start()
    browser.headers = {"Logto-App-Id": other.id}
    assert code_of(browser.get("/interaction")) == (404, "session.interaction_not_found")
    browser.start("Register")
    browser.headers = {"Logto-App-Id": application.id}
    assert browser.get("/interaction")[1]["interactionEvent"] == "SignIn"
    browser.headers = {"Logto-App-Id": "unknown"}
    assert code_of(browser.get("/interaction")) == (400, "session.not_found")
    browser.headers = {}
    assert browser.get("/interaction")[1]["interactionEvent"] == "Register"


def test_state_shows_what_was_proved(browser: Browser, alice: User, every_method: None) -> None:
    browser.start()
    status, state = browser.get("/interaction")
    assert status == 200
    assert (state["interactionEvent"], state["profile"], state["verificationRecords"]) == ("SignIn", {}, [])
    verification_id = browser.give_password("username", "alice")
    browser.identify(verification_id)
    state = browser.get("/interaction")[1]
    assert state["userId"] == alice.id
    assert [record["id"] for record in state["verificationRecords"]] == [verification_id]
    assert "user_id" not in str(state)


def test_starting_over_forgets_everything(browser: Browser, alice: User) -> None:
    browser.start()
    verification_id = browser.give_password("username", "alice")
    browser.identify(verification_id)
    browser.start()
    assert code_of(browser.identify(verification_id)) == (404, "session.verification_session_not_found")
    assert code_of(browser.submit()) == (404, "session.identifier_not_found")
    assert Interaction.objects.count() == 1


def test_captcha_token_without_a_provider(browser: Browser) -> None:
    answer = browser.put("", {"interactionEvent": "SignIn", "captchaToken": "x"})
    assert code_of(answer) == (422, "session.captcha_failed")


@pytest.mark.parametrize("body", [None, {}, {"interactionEvent": "Consent"}, {"interactionEvent": ["SignIn"]}, [1]])
def test_malformed_start(browser: Browser, body: Any) -> None:
    assert code_of(browser.put("", body)) == (400, "guard.invalid_input")


def test_start_does_not_look_at_the_mode(browser: Browser, settings_of: Any) -> None:
    settings_of(signInMode="SignIn")
    browser.start("Register")
    assert browser.put("/interaction-event", {"interactionEvent": "SignIn"}) == (204, None)
    assert code_of(browser.put("/interaction-event", {"interactionEvent": "Register"})) == (403, "auth.forbidden")


def test_change_of_event_drops_the_profile_and_keeps_the_proof(browser: Browser, alice: User) -> None:
    browser.start("Register")
    browser.post("/profile", {"type": "username", "value": "carol"})
    verification_id = browser.give_password("username", "alice")
    browser.put("/interaction-event", {"interactionEvent": "SignIn"})
    assert browser.get("/interaction")[1]["profile"] == {}
    assert browser.identify(verification_id) == (204, None)


def test_answers_are_never_stored(browser: Browser) -> None:
    answer = browser.client.get("/api/experience/interaction")
    assert answer["Cache-Control"] == "no-store"
