"""JWT Secured Authorization Response Mode for OAuth 2.0 (JARM)."""

import html
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from django.test import Client

from applications.models import Application
from applications.services.applications import update_application
from common.actors import SYSTEM
from common.clock import now, to_seconds
from identity.models import User
from tenants.models import Tenant
from tenants.services.keys import rotate_key
from tests.oidc.authorization.browsing import SPA_REDIRECT, VERIFIER, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.oidc.tokens.parties import ISSUER

pytestmark = pytest.mark.django_db

DOCUMENT = "/oidc/.well-known/openid-configuration"
MODES = ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"]


@pytest.fixture
def signed(make_application: MakeApplication) -> Application:
    """An application that may ask for signed answers."""
    return make_application(allowJwtResponseModes=True)


def parameters_of(response: Any) -> tuple[str, dict[str, str]]:
    """Where the answer goes, by which way, and its parameters."""
    if response.status_code == 200:
        page = response.content.decode()
        (action,) = re.findall(r'action="([^"]*)"', page)
        fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
        assert html.unescape(action) == SPA_REDIRECT
        return "form_post", {name: html.unescape(value) for name, value in fields}
    assert response.status_code == 303
    parts = urlsplit(response["Location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == SPA_REDIRECT
    assert not (parts.query and parts.fragment)
    return ("fragment" if parts.fragment else "query"), dict(parse_qsl(parts.fragment or parts.query))


def verified(browser: Browser, application: Application, response: Any) -> dict[str, Any]:
    """The answer as its client reads it (section 2.4)."""
    _, parameters = parameters_of(response)
    assert parameters.keys() == {"response"}, "one parameter alone"
    token = parameters["response"]
    keys = {key["kid"]: jwt.PyJWK.from_dict(key) for key in browser.client.get("/oidc/jwks").json()["keys"]}
    key = keys[jwt.get_unverified_header(token)["kid"]]
    algorithms = browser.client.get(DOCUMENT).json()["authorization_signing_alg_values_supported"]
    return jwt.decode(token, key, algorithms=algorithms, audience=application.id, issuer=ISSUER)


@pytest.mark.parametrize(
    ("mode", "way"),
    [("jwt", "query"), ("query.jwt", "query"), ("fragment.jwt", "fragment"), ("form_post.jwt", "form_post")],
)
def test_2_3_the_answer_is_one_jwt(browser: Browser, signed: Application, alice: User, mode: str, way: str) -> None:
    response = browser.signed_in(signed.id, alice, response_mode=mode)
    assert parameters_of(response)[0] == way
    claims = verified(browser, signed, response)
    assert claims.keys() == {"iss", "aud", "exp", "code", "state"}
    assert claims["state"] == "opaque state"
    assert 0 < claims["exp"] - to_seconds(now()) <= 600
    body = {
        "grant_type": "authorization_code",
        "client_id": signed.id,
        "code": claims["code"],
        "redirect_uri": SPA_REDIRECT,
        "code_verifier": VERIFIER,
    }
    assert browser.client.post("/oidc/token", body).status_code == 200


@pytest.mark.parametrize("mode", MODES)
def test_2_1_2_an_error_is_one_jwt_too(browser: Browser, signed: Application, mode: str) -> None:
    claims = verified(browser, signed, browser.authorize(signed.id, response_mode=mode, prompt="none"))
    assert claims.keys() == {"iss", "aud", "exp", "error", "error_description", "state"}
    assert (claims["error"], claims["state"]) == ("login_required", "opaque state")


def test_2_3_3_the_form_works_without_scripts(browser: Browser, signed: Application, alice: User) -> None:
    response = browser.signed_in(signed.id, alice, response_mode="form_post.jwt")
    assert "<button" in response.content.decode()
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"


def test_2_1_without_a_state_there_is_none(browser: Browser, signed: Application, alice: User) -> None:
    claims = verified(browser, signed, browser.signed_in(signed.id, alice, response_mode="jwt", state=None))
    assert "state" not in claims


def test_2_4_it_follows_the_tenants_key(browser: Browser, signed: Application) -> None:
    rotate_key(algorithm="RS256", actor=SYSTEM)
    assert browser.client.get(DOCUMENT).json()["authorization_signing_alg_values_supported"] == ["RS256"]
    assert verified(browser, signed, browser.authorize(signed.id, response_mode="jwt", prompt="none"))


@pytest.mark.parametrize("mode", MODES)
def test_nobody_is_redirected_to_an_unregistered_address(browser: Browser, signed: Application, mode: str) -> None:
    answer = browser.authorize(signed.id, response_mode=mode, prompt="none", redirect_uri="https://evil.example/")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


@pytest.mark.parametrize("mode", MODES)
def test_3_only_a_client_that_is_set_up_for_it_is_answered_so(browser: Browser, spa: Application, mode: str) -> None:
    answer = answer_of(browser.authorize(spa.id, response_mode=mode))
    assert answer["error"] == "unsupported_response_mode"


@pytest.mark.parametrize("mode", ["JWT", ".jwt", "web_message.jwt", "query.jwt.jwt", "queryjwt", "form_post.jwt "])
def test_2_3_other_modes_are_not_made_up(browser: Browser, signed: Application, mode: str) -> None:
    answer = answer_of(browser.authorize(signed.id, response_mode=mode))
    assert answer["error"] == "unsupported_response_mode"


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_plain_modes_stay_plain(browser: Browser, signed: Application, mode: str) -> None:
    _, parameters = parameters_of(browser.authorize(signed.id, response_mode=mode, prompt="none"))
    assert parameters["error"] == "login_required" and parameters["iss"] == ISSUER


def test_2_4_an_answer_is_no_id_token_hint_and_no_access_token(
    browser: Browser, signed: Application, alice: User
) -> None:
    """It has the issuer, the audience and the signature of an ID token, and no user."""
    response = browser.signed_in(signed.id, alice, response_mode="jwt", scope="openid")
    text = parameters_of(response)[1]["response"]
    answer = answer_of(browser.authorize(signed.id, prompt="none", scope="openid", id_token_hint=text))
    assert answer["error"] == "invalid_request"
    assert browser.client.get("/oidc/session/end", {"id_token_hint": text}).status_code == 400
    headers = {"Authorization": f"Bearer {text}"}
    assert browser.client.get("/oidc/me", headers=headers).status_code == 401
    assert browser.client.get("/api/users", headers=headers).status_code == 401


class TestMetadata:
    """Section 4: told where an application of the tenant may use it."""

    def test_a_tenant_without_says_nothing(self, client: Client, spa: Application) -> None:
        document = client.get(DOCUMENT).json()
        assert document["response_modes_supported"] == ["form_post", "fragment", "query"]
        assert "authorization_signing_alg_values_supported" not in document

    def test_it_appears_and_goes_with_the_setting(self, client: Client, spa: Application) -> None:
        client.get(DOCUMENT)
        update_application(spa, custom_client_metadata={"allowJwtResponseModes": True}, actor=SYSTEM)
        document = client.get(DOCUMENT).json()
        assert document["response_modes_supported"] == ["form_post", "fragment", "query", *MODES]
        assert document["authorization_signing_alg_values_supported"] == ["ES256"]
        update_application(spa, custom_client_metadata={}, actor=SYSTEM)
        assert client.get(DOCUMENT).json()["response_modes_supported"] == ["form_post", "fragment", "query"]

    def test_other_tenants_are_not_concerned(
        self, acme_client: Client, signed: Application, tenants: dict[str, Tenant]
    ) -> None:
        assert "authorization_signing_alg_values_supported" not in acme_client.get(DOCUMENT).json()
