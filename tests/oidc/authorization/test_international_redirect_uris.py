"""Redirect URIs beyond ASCII, from the request to the code's redemption, in every way an answer goes back."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from applications.models import Application
from identity.models import User
from tests.oidc.authorization.browsing import CHALLENGE, VERIFIER, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication

LETTERS = "https://\u0433\u0440\u0430\u043d\u0442.\u0440\u0444/\u30b3\u30fc\u30eb"
WIRE = "https://xn--80af5akm.xn--p1ai/%E3%82%B3%E3%83%BC%E3%83%AB"

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(make_application: MakeApplication) -> Application:
    return make_application(redirect_uris=(LETTERS,), oidc={"postLogoutRedirectUris": [LETTERS]})


@pytest.mark.parametrize("asked", [LETTERS, WIRE, WIRE.lower()])
@pytest.mark.parametrize("redeemed", [LETTERS, WIRE])
def test_a_code_reaches_an_address_beyond_ascii_and_is_redeemed(
    browser: Browser, shop: Application, alice: User, asked: str, redeemed: str
) -> None:
    """Registered in letters, asked for in either form: browsers and libraries send what their URL parser writes."""
    response = browser.signed_in(shop.id, alice, redirect_uri=asked)
    assert response["Location"].startswith(f"{WIRE if asked == LETTERS else asked}?code=")
    form = {
        "grant_type": "authorization_code",
        "client_id": shop.id,
        "code": answer_of(response)["code"],
        "redirect_uri": asked if asked == WIRE.lower() else redeemed,
        "code_verifier": VERIFIER,
    }
    assert browser.client.post("/oidc/token", form).status_code == 200


def test_a_refusal_reaches_it(browser: Browser, shop: Application) -> None:
    response = browser.authorize(shop.id, redirect_uri=LETTERS, prompt="none")
    assert response["Location"].startswith(f"{WIRE}?error=login_required")


@pytest.mark.parametrize("mode", ["query", "fragment"])
def test_its_answer_is_ascii_in_every_mode(browser: Browser, shop: Application, mode: str) -> None:
    response = browser.authorize(shop.id, redirect_uri=LETTERS, prompt="none", response_mode=mode)
    assert response["Location"].isascii()
    assert "=?utf-8" not in response["Location"]


def test_signing_out_leads_to_it(shop: Application, client: Client) -> None:
    query = urlencode({"client_id": shop.id, "post_logout_redirect_uri": WIRE, "state": "s"})
    page = client.get(f"/oidc/session/end?{query}").content.decode()
    xsrf = page.partition('name="xsrf" value="')[2].partition('"')[0]
    answer = client.post("/oidc/session/end/confirm", {"xsrf": xsrf, "logout": "yes"})
    assert answer["Location"] == f"{WIRE}?state=s"


def test_another_address_is_another(browser: Browser, shop: Application) -> None:
    answer = browser.authorize(shop.id, redirect_uri=f"{WIRE}%E3%83%AB", code_challenge=CHALLENGE)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")
