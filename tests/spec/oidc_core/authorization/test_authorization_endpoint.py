"""OpenID Connect Core 1.0, section 3.1.2: the authorization endpoint with the code flow."""

from datetime import timedelta

import pytest
import time_machine

from applications.models import Application
from common.clock import now, to_seconds
from identity.models import User
from oidc.keys.signing import sign_jwt
from tests.oidc.authorization.browsing import SPA_REDIRECT, Browser, answer_of

pytestmark = pytest.mark.django_db


def id_token(user: User, application: Application, **changes: object) -> str:
    moment = to_seconds(now())
    claims = {"iss": "http://localhost:8000/oidc", "sub": user.id, "aud": application.id, "iat": moment, "exp": moment}
    return sign_jwt({**claims, **changes})


def test_3_1_2_1_get_and_post_are_both_served(browser: Browser, spa: Application) -> None:
    sent = browser.request_of(spa.id, prompt="none")
    assert answer_of(browser.client.get("/oidc/auth", sent))["error"] == "login_required"
    posted = browser.client.post("/oidc/auth", sent, content_type="application/json")
    assert answer_of(posted)["error"] == "login_required"


def test_3_1_2_1_unknown_parameters_are_ignored(browser: Browser, spa: Application) -> None:
    response = browser.authorize(spa.id, claims='{"id_token":{}}', acr_values="1", display="popup", made_up="x")
    assert response["Location"] == f"/sign-in?app_id={spa.id}"


def test_3_1_2_1_prompt_none_shows_nothing(browser: Browser, spa: Application, alice: User) -> None:
    assert answer_of(browser.authorize(spa.id, prompt="none"))["error"] == "login_required"
    browser.signed_in(spa.id, alice, scope="openid")
    assert "code" in answer_of(browser.authorize(spa.id, prompt="none", scope="openid"))


def test_3_1_2_1_prompt_none_stands_alone(browser: Browser, spa: Application) -> None:
    assert answer_of(browser.authorize(spa.id, prompt="none consent"))["error"] == "invalid_request"


def test_3_1_2_1_prompt_login_signs_in_again(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    assert browser.authorize(spa.id, prompt="login")["Location"] == f"/sign-in?app_id={spa.id}"


def test_3_1_2_1_max_age_with_prompt_none(browser: Browser, spa: Application, alice: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        browser.signed_in(spa.id, alice, scope="openid")
        clock.shift(timedelta(minutes=5))
        answer = answer_of(browser.authorize(spa.id, prompt="none", scope="openid", max_age="299"))
        assert answer["error"] == "login_required"
        assert "code" in answer_of(browser.authorize(spa.id, prompt="none", scope="openid", max_age="300"))


def test_3_1_2_1_id_token_hint_names_the_user(
    browser: Browser, spa: Application, web: Application, alice: User, bob: User
) -> None:
    browser.signed_in(spa.id, alice, scope="openid")

    def silently(hint: str) -> dict[str, str]:
        return answer_of(browser.authorize(spa.id, prompt="none", scope="openid", id_token_hint=hint))

    with time_machine.travel(now() + timedelta(hours=3)):
        assert "code" in silently(id_token(alice, spa)), "an expired one will do"
        assert silently(id_token(bob, spa))["error"] == "login_required"
        assert silently(id_token(alice, web))["error"] == "invalid_request"
        assert silently(id_token(alice, spa, iss="https://evil.example.com"))["error"] == "invalid_request"
        location = browser.authorize(spa.id, id_token_hint=id_token(bob, spa))["Location"]
        assert location.startswith("/sign-in?")
    assert "code" in answer_of(browser.sign_in(bob))


def test_3_1_2_6_a_client_without_keys_sends_no_request_objects(browser: Browser, spa: Application) -> None:
    assert answer_of(browser.authorize(spa.id, request="a.b."))["error"] == "request_not_supported"
    uri = "https://spa.example.com/r"
    assert answer_of(browser.authorize(spa.id, request_uri=uri))["error"] == "request_uri_not_supported"


def test_3_1_2_6_without_a_good_redirect_uri_nobody_is_redirected(browser: Browser, spa: Application) -> None:
    response = browser.authorize(spa.id, redirect_uri=SPA_REDIRECT + "x", response_type="token", prompt="none")
    assert (response.status_code, response.json()["error"]) == (400, "invalid_redirect_uri")


def test_11_offline_access_needs_consent(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice, prompt=None, scope="openid offline_access")
    answer = answer_of(browser.authorize(spa.id, prompt="none", scope="openid offline_access"))
    assert "code" in answer, "the scope is dropped, not refused"
