"""OpenID Connect RP-Initiated Logout 1.0."""

import re
from html import unescape
from typing import Any

import pytest

from applications.models import Application
from identity.models import User
from oidc.keys.signing import sign_jwt
from tests.oidc.authorization.browsing import Browser, answer_of

pytestmark = pytest.mark.django_db

GOODBYE = "https://spa.example.com/"


def end(browser: Browser, method: str = "get", **parameters: str) -> Any:
    page = getattr(browser.client, method)("/oidc/session/end", parameters)
    if page.status_code != 200:
        return page
    fields = re.findall(r'name="([^"]*)" value="([^"]*)"', page.content.decode())
    body = {name: unescape(value) for name, value in fields}
    return browser.client.post("/oidc/session/end/confirm", body, content_type="application/json")


def id_token(user: User, application: Application) -> str:
    return sign_jwt({"iss": "http://localhost:8000/oidc", "sub": user.id, "aud": application.id, "exp": 1})


def test_2_the_endpoint_is_in_the_metadata(browser: Browser, spa: Application) -> None:
    metadata = browser.client.get("/oidc/.well-known/openid-configuration").json()
    assert metadata["end_session_endpoint"] == "http://localhost:8000/oidc/session/end"


def test_2_an_expired_id_token_is_a_hint(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice, scope="openid")
    response = end(browser, id_token_hint=id_token(alice, spa), post_logout_redirect_uri=GOODBYE, state="xyz")
    assert response["Location"] == f"{GOODBYE}?state=xyz"
    assert answer_of(browser.authorize(spa.id, prompt="none", scope="openid"))["error"] == "login_required"


def test_2_client_id_and_hint_must_agree(browser: Browser, spa: Application, web: Application, alice: User) -> None:
    assert end(browser, id_token_hint=id_token(alice, spa), client_id=web.id).status_code == 400


def test_3_only_a_registered_uri_is_visited(browser: Browser, spa: Application) -> None:
    assert end(browser, client_id=spa.id, post_logout_redirect_uri=GOODBYE)["Location"] == GOODBYE
    assert end(browser, client_id=spa.id, post_logout_redirect_uri=GOODBYE + "x").status_code == 400


def test_4_a_repeated_parameter_is_refused(browser: Browser, spa: Application) -> None:
    response = browser.client.get(f"/oidc/session/end?client_id={spa.id}&client_id={spa.id}")
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
