"""RFC 7636, Proof Key for Code Exchange, at the authorization endpoint."""

import pytest

from applications.models import Application
from identity.models import User
from tests.oidc.authorization.browsing import CHALLENGE, WEB_REDIRECT, Browser, answer_of

pytestmark = pytest.mark.django_db


def test_4_4_1_a_public_client_must_send_a_challenge(browser: Browser, spa: Application, native: Application) -> None:
    for application, uri in ((spa, None), (native, "com.example.app://callback")):
        response = browser.authorize(application.id, redirect_uri=uri, code_challenge=None, code_challenge_method=None)
        answer = answer_of(response)
        assert answer["error"] == "invalid_request"
        assert answer["error_description"] == ("Authorization Server policy requires PKCE to be used for this request")


@pytest.mark.parametrize("method", ["plain", "s256", "S512", None])
def test_4_3_only_s256_is_taken(browser: Browser, spa: Application, method: str | None) -> None:
    assert answer_of(browser.authorize(spa.id, code_challenge_method=method))["error"] == "invalid_request"


@pytest.mark.parametrize("challenge", ["x" * 42, "x" * 129, "é" * 43, CHALLENGE + "=", "x" * 42 + "+", "x" * 43 + "\n"])
def test_4_2_a_challenge_has_43_to_128_unreserved_characters(
    browser: Browser, spa: Application, challenge: str
) -> None:
    assert answer_of(browser.authorize(spa.id, code_challenge=challenge))["error"] == "invalid_request"


def test_4_3_a_method_without_a_challenge(browser: Browser, web: Application) -> None:
    response = browser.authorize(web.id, redirect_uri=WEB_REDIRECT, code_challenge=None)
    assert answer_of(response)["error"] == "invalid_request"


def test_a_confidential_clients_challenge_is_checked_too(browser: Browser, web: Application, alice: User) -> None:
    response = browser.authorize(web.id, redirect_uri=WEB_REDIRECT, code_challenge_method="plain")
    assert answer_of(response)["error"] == "invalid_request"
