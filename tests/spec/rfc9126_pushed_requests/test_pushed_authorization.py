"""RFC 9126: pushed authorization requests."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from applications.models import Application, ApplicationSecret
from common.clock import now
from common.crypto import sha256_hex
from events.models import AuditLog
from identity.models import User
from oidc.clean_up import delete_expired
from oidc.models import PushedAuthorizationRequest
from tests.oidc.authorization.browsing import CHALLENGE, SPA_REDIRECT, VERIFIER, WEB_REDIRECT, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.oidc.tokens.parties import basic
from tests.oidc.tokens.proofs import Key, assertion_of, key_set

pytestmark = pytest.mark.django_db

SECRET = "a-secret-of-the-web-application-1"


def push(browser: Browser, application: Application, *, headers: Any = None, **changes: Any) -> Any:
    return browser.client.post("/oidc/request", browser.request_of(application.id, **changes), headers=headers or {})


def pushed(browser: Browser, application: Application, **changes: Any) -> str:
    answer = push(browser, application, **changes)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["request_uri"])


def come(browser: Browser, application: Application, uri: str, **parameters: Any) -> Any:
    return browser.client.get("/oidc/auth", {"client_id": application.id, "request_uri": uri, **parameters})


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


@pytest.fixture
def confidential(web: Application) -> Application:
    ApplicationSecret.objects.create(
        application=web, name="Known", sealed_value=b"sealed", value_sha256=sha256_hex(SECRET)
    )
    return web


@pytest.fixture
def strict(make_application: MakeApplication) -> Application:
    return make_application(requirePushedAuthorizationRequests=True)


def test_2_2_the_answer_is_a_reference_and_its_lifetime(browser: Browser, spa: Application) -> None:
    answer = push(browser, spa)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["expires_in"] == 60
    assert body["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert body["request_uri"] not in str(PushedAuthorizationRequest.objects.values().get()), "kept as a digest"


def test_4_the_browser_brings_the_reference_alone(browser: Browser, spa: Application, alice: User) -> None:
    response = come(browser, spa, pushed(browser, spa, login_hint="alice@example.com"))
    assert (response.status_code, response["Location"]) == (
        303,
        f"/sign-in?app_id={spa.id}&login_hint=alice%40example.com",
    )
    answer = answer_of(browser.sign_in(alice))
    assert answer["state"] == "opaque state"
    tokens = browser.client.post(
        "/oidc/token",
        {
            "grant_type": "authorization_code",
            "client_id": spa.id,
            "code": answer["code"],
            "redirect_uri": SPA_REDIRECT,
            "code_verifier": VERIFIER,
        },
    )
    assert tokens.status_code == 200


def test_4_parameters_beside_the_reference_do_not_count(browser: Browser, spa: Application, alice: User) -> None:
    browser.signed_in(spa.id, alice)
    uri = pushed(browser, spa, prompt="none", scope="openid")
    answer = answer_of(
        come(browser, spa, uri, state="planted", redirect_uri="https://evil.example/", scope="openid email")
    )
    assert answer["state"] == "opaque state"


def test_4_a_reference_is_good_for_one_code(browser: Browser, spa: Application, alice: User) -> None:
    uri = pushed(browser, spa)
    assert come(browser, spa, uri).status_code == 303
    assert come(browser, spa, uri).status_code == 303, "the page may be loaded again"
    assert "code" in answer_of(browser.sign_in(alice))
    assert refused(come(browser, spa, uri)) == (400, "invalid_request_uri")


def test_4_of_two_browsers_with_a_reference_one_gets_a_code(spa: Application, alice: User, bob: User) -> None:
    ours, theirs = Browser(), Browser()
    uri = pushed(ours, spa)
    assert come(ours, spa, uri).status_code == come(theirs, spa, uri).status_code == 303
    assert "code" in answer_of(theirs.sign_in(bob))
    answer = answer_of(ours.sign_in(alice))
    assert (answer["error"], answer["state"]) == ("invalid_request_uri", "opaque state")


def test_2_2_a_user_may_take_longer_to_sign_in_than_the_reference_lives(
    browser: Browser, spa: Application, alice: User
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        uri = pushed(browser, spa)
        assert come(browser, spa, uri).status_code == 303
        clock.shift(timedelta(minutes=10))
        delete_expired()
        assert "code" in answer_of(browser.sign_in(alice))


def test_2_2_a_reference_lives_for_sixty_seconds(browser: Browser, spa: Application) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        uri, late = pushed(browser, spa), pushed(browser, spa)
        clock.shift(timedelta(seconds=59))
        assert come(browser, spa, uri).status_code == 303
        clock.shift(timedelta(seconds=1))
        assert refused(come(browser, spa, late)) == (400, "invalid_request_uri")
        clock.shift(timedelta(seconds=1))
        delete_expired()
    assert not PushedAuthorizationRequest.objects.exists()


def test_2_2_a_reference_is_bound_to_its_client(browser: Browser, spa: Application, web: Application) -> None:
    uri = pushed(browser, spa)
    assert refused(come(browser, web, uri)) == (400, "invalid_request_uri")
    assert come(browser, spa, uri).status_code == 303, "the other client's attempt has not used it up"


def test_4_a_reference_needs_its_client_id(browser: Browser, spa: Application) -> None:
    uri = pushed(browser, spa)
    assert refused(browser.client.get("/oidc/auth", {"request_uri": uri})) == (400, "invalid_request")


@pytest.mark.parametrize("uri", ["urn:ietf:params:oauth:request_uri:made-up", "urn:ietf:params:oauth:request_uri:"])
def test_7_1_a_guessed_reference_is_refused(browser: Browser, spa: Application, uri: str) -> None:
    assert refused(come(browser, spa, uri)) == (400, "invalid_request_uri")


def test_a_reference_of_another_tenant_is_unknown(browser: Browser, spa: Application, acme_spa: Application) -> None:
    uri = pushed(browser, spa)
    assert refused(come(Browser("acme"), acme_spa, uri)) == (400, "invalid_request_uri")
    assert come(browser, spa, uri).status_code == 303


def test_references_of_others_are_still_not_taken(browser: Browser, spa: Application) -> None:
    answer = answer_of(browser.authorize(spa.id, request_uri="https://client.example/request"))
    assert answer["error"] == "request_uri_not_supported"


class TestAuthentication:
    """Section 2: the client authenticates as at the token endpoint."""

    def test_a_public_client_names_itself(self, browser: Browser, spa: Application) -> None:
        assert push(browser, spa).status_code == 201

    def test_a_confidential_client_proves_itself(self, browser: Browser, confidential: Application) -> None:
        redirect = {"redirect_uri": WEB_REDIRECT}
        assert refused(push(browser, confidential, **redirect)) == (401, "invalid_client")
        good = {"Authorization": basic(confidential.id, SECRET)}
        assert push(browser, confidential, headers=good, **redirect).status_code == 201
        body = browser.request_of(confidential.id, client_id=None, **redirect)
        assert browser.client.post("/oidc/request", body, headers=good).status_code == 201
        bad = {"Authorization": basic(confidential.id, "wrong")}
        assert refused(push(browser, confidential, headers=bad, **redirect)) == (401, "invalid_client")

    @pytest.mark.parametrize("aud", ["http://localhost:8000/oidc", "http://localhost:8000/oidc/request"])
    def test_2_by_a_signed_assertion(self, browser: Browser, make_application: MakeApplication, aud: str) -> None:
        key = Key()
        signing = make_application(
            "Traditional", tokenEndpointAuthMethod="private_key_jwt", jwks=key_set(key), redirect_uris=(WEB_REDIRECT,)
        )
        proof = assertion_of(key.assertion(signing.id, aud=aud))
        uri = pushed(browser, signing, redirect_uri=WEB_REDIRECT, **proof)
        stored = PushedAuthorizationRequest.objects.get().parameters
        assert "client_assertion" not in stored
        assert come(browser, signing, uri).status_code == 303

    def test_an_unknown_client(self, browser: Browser, spa: Application) -> None:
        assert refused(push(browser, spa, client_id="made-up")) == (400, "invalid_client")


class TestValidation:
    """Section 2.1: the request is validated as at the authorization endpoint."""

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
            ({"request": "a.b.c"}, "request_not_supported"),
            ({"redirect_uri": "https://evil.example/"}, "invalid_redirect_uri"),
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"response_type": None}, "invalid_request"),
            ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
            ({"prompt": "select_account"}, "invalid_request"),
            ({"max_age": "-1"}, "invalid_request"),
            ({"resource": "https://unknown.example"}, "invalid_target"),
            ({"response_mode": "web_message"}, "unsupported_response_mode"),
        ],
    )
    def test_a_bad_request_is_refused_at_once(
        self, browser: Browser, spa: Application, changes: dict[str, Any], error: str
    ) -> None:
        assert refused(push(browser, spa, **changes)) == (400, error)
        assert not PushedAuthorizationRequest.objects.exists()

    def test_parameters_come_once(self, browser: Browser, spa: Application) -> None:
        body = browser.request_of(spa.id, state=["one", "two"])
        assert refused(browser.client.post("/oidc/request", body)) == (400, "invalid_request")

    def test_other_methods_are_not_served(self, browser: Browser) -> None:
        assert browser.client.get("/oidc/request").status_code == 404

    def test_pages_of_other_origins_are_refused(self, browser: Browser, spa: Application) -> None:
        answer = push(browser, spa, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 400
        assert "Access-Control-Allow-Origin" not in answer
        answer = push(browser, spa, headers={"Origin": "https://spa.example.com"})
        assert answer["Access-Control-Allow-Origin"] == "https://spa.example.com"


class TestRequired:
    """Section 5: `require_pushed_authorization_requests` of a client."""

    def test_other_requests_are_refused(self, browser: Browser, strict: Application) -> None:
        assert refused(browser.authorize(strict.id)) == (400, "invalid_request")
        assert refused(browser.authorize(strict.id, request_uri="https://client.example/r")) == (
            400,
            "invalid_request",
        )

    def test_pushed_ones_go_all_the_way(self, browser: Browser, strict: Application, alice: User) -> None:
        assert come(browser, strict, pushed(browser, strict)).status_code == 303
        assert "code" in answer_of(browser.sign_in(alice))

    def test_by_default_pushing_is_the_clients_choice(self, browser: Browser, spa: Application) -> None:
        assert browser.authorize(spa.id, code_challenge=CHALLENGE).status_code == 303


def test_pushes_are_in_the_audit_log(browser: Browser, spa: Application) -> None:
    pushed(browser, spa)
    push(browser, spa, response_type="token")
    results = [
        log.payload["result"] for log in AuditLog.objects.filter(key="Interaction.PushRequest").order_by("created_at")
    ]
    assert sorted(results) == ["Error", "Success"]
