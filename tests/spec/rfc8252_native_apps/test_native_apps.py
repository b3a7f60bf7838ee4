"""RFC 8252, OAuth 2.0 for Native Apps: what an authorization server does for them."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from identity.models import User
from tests.management_api.conftest import api_client, make_backend
from tests.oidc.authorization.browsing import CHALLENGE, SPA_REDIRECT, VERIFIER, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.oidc.tokens.parties import basic

pytestmark = pytest.mark.django_db

DOCUMENT = "/oidc/.well-known/openid-configuration"


def refused(answer: Any) -> bool:
    assert "Location" not in answer.headers
    return bool((answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri"))


def accepted(answer: Any) -> bool:
    return bool(answer.status_code == 303 and answer["Location"].startswith("/sign-in?"))


@pytest.fixture
def management(native: Application) -> Client:
    """The Management API, by which developers register applications."""
    return api_client(make_backend())


@pytest.mark.parametrize("uri", ["com.example.app://callback", "com.example.app:/oauth2redirect"])
def test_7_1_a_private_use_uri_scheme_is_a_redirect_uri(
    browser: Browser, make_application: MakeApplication, alice: User, uri: str
) -> None:
    native = make_application("Native", redirect_uris=(uri,))
    assert accepted(browser.authorize(native.id, redirect_uri=uri))
    response = browser.sign_in(alice)
    assert response["Location"].startswith(f"{uri}?code=")
    assert answer_of(response)["state"] == "opaque state"


@pytest.mark.parametrize(
    "uri",
    ["com.example.app://callback/x", "com.example.app:/callback", "com.example.other://callback", "COM.example://"],
)
def test_7_1_another_uri_of_that_scheme_is_not(browser: Browser, native: Application, uri: str) -> None:
    assert refused(browser.authorize(native.id, redirect_uri=uri))


def test_7_2_an_https_uri_that_the_app_has_claimed(browser: Browser, make_application: MakeApplication) -> None:
    native = make_application("Native")
    assert accepted(browser.authorize(native.id, redirect_uri=SPA_REDIRECT))


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
@pytest.mark.parametrize("port", ["", ":1", ":8080", ":51004", ":65535"])
def test_7_3_any_port_may_be_specified_for_loopback_ip_redirect_uris(
    browser: Browser, make_application: MakeApplication, alice: User, host: str, port: str
) -> None:
    native = make_application("Native", redirect_uris=(f"http://{host}/callback",))
    uri = f"http://{host}{port}/callback"
    assert accepted(browser.authorize(native.id, redirect_uri=uri))
    response = browser.sign_in(alice)
    assert response["Location"].startswith(f"{uri}?code=")
    body = {
        "grant_type": "authorization_code",
        "client_id": native.id,
        "code": answer_of(response)["code"],
        "redirect_uri": uri,
        "code_verifier": VERIFIER,
    }
    other = {**body, "redirect_uri": f"http://{host}:4/callback"}
    assert browser.client.post("/oidc/token", other).json()["error"] == "invalid_grant", (
        "the port of the request counts"
    )
    assert browser.client.post("/oidc/token", body).status_code == 200


@pytest.mark.parametrize(
    "uri",
    [
        "https://127.0.0.1:8080/callback",
        "http://127.0.0.1:8080/",
        "http://127.0.0.1:8080/callback/x",
        "http://127.0.0.1:8080/callback?x=1",
        "http://127.0.0.2:8080/callback",
        "http://127.1:8080/callback",
        "http://0.0.0.0:8080/callback",
        "http://[::1]:8080/callback",
        "http://localhost:8080/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://evil.example@127.0.0.1:8080/callback",
        "http://127.0.0.1:8080@evil.example/callback",
        "http://127.0.0.1:99999/callback",
    ],
)
def test_7_3_the_port_alone_is_free(browser: Browser, native: Application, uri: str) -> None:
    assert refused(browser.authorize(native.id, redirect_uri=uri))


@pytest.mark.parametrize("type", ["SPA", "Traditional"])
def test_7_3_that_is_for_native_apps_alone(browser: Browser, make_application: MakeApplication, type: str) -> None:
    other = make_application(type, redirect_uris=("http://127.0.0.1/callback",))
    assert refused(browser.authorize(other.id, redirect_uri="http://127.0.0.1:8080/callback"))


def test_8_1_public_native_apps_must_use_pkce(browser: Browser, native: Application) -> None:
    uri = "com.example.app://callback"
    for changes in ({"code_challenge": None, "code_challenge_method": None}, {"code_challenge_method": "plain"}):
        answer = answer_of(browser.authorize(native.id, redirect_uri=uri, **changes))
        assert answer["error"] == "invalid_request"


def test_8_1_the_server_says_that_it_supports_pkce(browser: Browser, native: Application) -> None:
    assert browser.client.get(DOCUMENT).json()["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.parametrize("response_type", ["token", "id_token", "code id_token", "id_token token"])
def test_8_2_there_is_no_implicit_flow(browser: Browser, native: Application, response_type: str) -> None:
    uri = "com.example.app://callback"
    answer = answer_of(browser.authorize(native.id, redirect_uri=uri, response_type=response_type, nonce="n"))
    assert answer["error"] in ("unsupported_response_type", "unauthorized_client")


def test_8_4_the_complete_redirect_uri_is_registered(browser: Browser, native: Application) -> None:
    """A scheme or a host alone is not: what was not registered as a whole is refused."""
    for uri in ("com.example.app://", "com.example.app:", "http://127.0.0.1", "http://127.0.0.1/callbac"):
        assert refused(browser.authorize(native.id, redirect_uri=uri))


def test_8_4_one_of_several_must_be_named(browser: Browser, native: Application) -> None:
    answer = browser.authorize(native.id, redirect_uri=None)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


class TestNoSecrets:
    """Section 8.5: secrets that are shipped to many users are no secrets, and are neither issued nor required."""

    def test_a_native_app_gets_none(self, management: Client) -> None:
        body = {"name": "Pocket", "type": "Native"}
        created = management.post("/api/applications", body, content_type="application/json").json()
        secrets = f"/api/applications/{created['id']}/secrets"
        assert management.get(secrets).json() == []
        metadata = {"customClientMetadata": {"tokenEndpointAuthMethod": "private_key_jwt"}}
        answer = management.patch(f"/api/applications/{created['id']}", metadata, content_type="application/json")
        assert answer.status_code == 400

    def test_none_is_required(self, browser: Browser, native: Application, alice: User) -> None:
        uri = "com.example.app://callback"
        code = answer_of(browser.signed_in(native.id, alice, redirect_uri=uri))["code"]
        body = {"grant_type": "authorization_code", "client_id": native.id, "code": code, "redirect_uri": uri}
        answer = browser.client.post("/oidc/token", {**body, "code_verifier": VERIFIER})
        assert answer.status_code == 200 and "refresh_token" in answer.json()

    def test_one_that_is_sent_proves_nothing(self, browser: Browser, native: Application) -> None:
        body = {"grant_type": "client_credentials", "client_id": native.id, "client_secret": "embedded"}
        assert browser.client.post("/oidc/token", body).status_code in (400, 401)
        headers = {"Authorization": basic(native.id, "embedded")}
        answer = browser.client.post("/oidc/token", {"grant_type": "client_credentials"}, headers=headers)
        assert answer.status_code in (400, 401)


def test_8_6_a_native_app_is_not_answered_without_the_user(browser: Browser, native: Application, alice: User) -> None:
    """Anybody on the device can claim to be it."""
    uri = "com.example.app://callback"
    browser.signed_in(native.id, alice, redirect_uri=uri, scope="openid")
    answer = answer_of(browser.authorize(native.id, redirect_uri=uri, scope="openid", prompt="none"))
    assert answer["error"] == "interaction_required"


def test_8_9_state_comes_back_in_every_answer(browser: Browser, native: Application, alice: User) -> None:
    uri = "com.example.app://callback"
    assert answer_of(browser.authorize(native.id, redirect_uri=uri, prompt="none"))["state"] == "opaque state"
    assert answer_of(browser.signed_in(native.id, alice, redirect_uri=uri))["state"] == "opaque state"


def test_8_10_every_answer_says_which_server_gave_it(browser: Browser, native: Application, alice: User) -> None:
    answer = answer_of(browser.signed_in(native.id, alice, redirect_uri="com.example.app://callback"))
    assert answer["iss"] == browser.client.get(DOCUMENT).json()["issuer"]


def test_8_1_the_code_is_bound_to_the_challenge(browser: Browser, native: Application, alice: User) -> None:
    """Another app that has caught the redirect has the code, and not the verifier."""
    uri = "com.example.app://callback"
    code = answer_of(browser.signed_in(native.id, alice, redirect_uri=uri))["code"]
    body = {"grant_type": "authorization_code", "client_id": native.id, "code": code, "redirect_uri": uri}
    for stolen in ({}, {"code_verifier": CHALLENGE}, {"code_verifier": "x" * 43}):
        assert browser.client.post("/oidc/token", {**body, **stolen}).json()["error"] == "invalid_grant"
