"""RFC 9449 section 10: codes are bound to a key from the authorization request on."""

from typing import Any

import pytest

from applications.models import Application
from identity.models import User
from oidc.models import AuthorizationCode
from tests.oidc.authorization.browsing import SPA_REDIRECT, VERIFIER, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.oidc.tokens.proofs import Key

pytestmark = pytest.mark.django_db

ORIGIN = "http://localhost:8000"


@pytest.fixture
def bound(make_application: MakeApplication) -> Application:
    return make_application(allowDpop=True)


def redeem(walker: Browser, application: Application, code: str, key: Key | None) -> Any:
    body = {
        "grant_type": "authorization_code",
        "client_id": application.id,
        "code": code,
        "redirect_uri": SPA_REDIRECT,
        "code_verifier": VERIFIER,
    }
    headers = {"DPoP": key.proof("POST", f"{ORIGIN}/oidc/token")} if key else {}
    return walker.client.post("/oidc/token", body, headers=headers)


def push(walker: Browser, application: Application, key: Key, **changes: Any) -> Any:
    headers = {"DPoP": key.proof("POST", f"{ORIGIN}/oidc/request")}
    return walker.client.post("/oidc/request", walker.request_of(application.id, **changes), headers=headers)


def test_10_dpop_jkt_binds_the_code(browser: Browser, bound: Application, alice: User) -> None:
    answer = answer_of(browser.signed_in(bound.id, alice, dpop_jkt=Key().thumbprint))
    for key in (None, Key("other")):
        assert redeem(browser, bound, answer["code"], key).json()["error"] == "invalid_grant"
    assert redeem(browser, bound, answer["code"], Key()).json()["token_type"] == "DPoP"


@pytest.mark.parametrize("value", ["x", "x" * 44, "+" * 43])
def test_10_a_value_that_is_no_thumbprint(browser: Browser, bound: Application, value: str) -> None:
    assert answer_of(browser.authorize(bound.id, dpop_jkt=value))["error"] == "invalid_request"


def test_10_where_dpop_is_switched_off_it_is_refused(browser: Browser, make_application: MakeApplication) -> None:
    application = make_application(allowDpop=False)
    answer = answer_of(browser.authorize(application.id, dpop_jkt=Key().thumbprint))
    assert (answer["error"], "allowDpop" in answer["error_description"]) == ("invalid_request", True)
    assert not AuthorizationCode.objects.exists()


def test_10_1_a_proof_with_a_pushed_request_binds_the_code(
    browser: Browser,
    bound: Application,
    alice: User,
) -> None:
    uri = push(browser, bound, Key()).json()["request_uri"]
    browser.client.get("/oidc/auth", {"client_id": bound.id, "request_uri": uri})
    code = answer_of(browser.sign_in(alice))["code"]
    assert redeem(browser, bound, code, Key("other")).json()["error"] == "invalid_grant"
    assert redeem(browser, bound, code, Key()).status_code == 200


def test_10_1_proof_and_dpop_jkt_must_agree(browser: Browser, bound: Application) -> None:
    assert push(browser, bound, Key(), dpop_jkt=Key().thumbprint).status_code == 201
    answer = push(browser, bound, Key(), dpop_jkt=Key("other").thumbprint)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
