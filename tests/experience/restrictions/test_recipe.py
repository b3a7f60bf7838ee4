"""The script of `docs/sign-in-restrictions.md`, as it stands there: who gets tokens by it, and who does not."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from applications.models import Application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import update_user
from oidc.custom_claims.configuration import TokenKind
from oidc.custom_claims.service import put_custom_claims
from tests.experience.conftest import REDIRECT_URI, Browser

GUIDE = (Path(__file__).parents[3] / "docs" / "sign-in-restrictions.md").read_text()
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.fixture(autouse=True)
def _recipe(application: Application, settings: Any) -> None:
    """The tenant has the script; the edge in front tells countries."""
    settings.TRUST_EDGE_HEADERS = True
    (script,) = re.findall(r"```js\n(.*?)```", GUIDE, re.DOTALL)
    variables = {
        "ALLOWED_DOMAINS": "acme.example",
        "ALLOWED_ADDRESSES": "bob@partner.example",
        "ALLOWED_COUNTRIES": "DE,AT",
    }
    value = {"script": script, "blockIssuanceOnError": True, "environmentVariables": variables}
    put_custom_claims(TokenKind.ACCESS_TOKEN, value, actor=SYSTEM)


def tokens(application: Application, *, country: str | None) -> Any:
    """Sign alice in from a country and redeem the code."""
    client = Client(HTTP_HOST="localhost:8000")
    browser = Browser(client)
    browser.open(application, scope="openid offline_access", prompt="login consent")
    browser.headers = {"x-logto-cf-country": country} if country else {}
    browser.start()
    assert browser.identify(browser.give_password("username", "alice")) == (204, None)
    location = browser.finish(browser.submit())
    form = {
        "grant_type": "authorization_code",
        "client_id": application.id,
        "code": parse_qs(urlsplit(location).query)["code"][0],
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }
    return client.post("/oidc/token", form)


@pytest.mark.parametrize(
    ("email", "country", "refusal"),
    [
        ("alice@acme.example", "DE", None),
        ("Alice@ACME.example", "AT", None),
        ("bob@partner.example", "DE", None),
        ("carol@partner.example", "DE", "This account has no access."),
        ("alice@acme.example.evil.example", "DE", "This account has no access."),
        (None, "DE", "This account has no access."),
        ("alice@acme.example", "FR", "There is no access from your country."),
        ("alice@acme.example", None, "There is no access from your country."),
    ],
)
def test_recipe(
    application: Application, alice: User, email: str | None, country: str | None, refusal: str | None
) -> None:
    update_user(alice, primary_email=email, actor=SYSTEM)
    answer = tokens(application, country=country)
    if refusal is None:
        assert answer.status_code == 200, answer.content
    else:
        assert (answer.status_code, answer.json()["error"]) == (400, "access_denied")
        assert refusal in answer.json()["error_description"]


def test_recipe_decides_about_refreshes_too(application: Application, alice: User) -> None:
    """What the policy cannot: somebody who leaves the company gets no further token."""
    update_user(alice, primary_email="alice@acme.example", actor=SYSTEM)
    refresh_token = tokens(application, country="DE").json()["refresh_token"]
    update_user(alice, primary_email="alice@example.com", actor=SYSTEM)
    form = {"grant_type": "refresh_token", "client_id": application.id, "refresh_token": refresh_token}
    answer = Client(HTTP_HOST="localhost:8000").post("/oidc/token", form)
    assert (answer.status_code, answer.json()["error"]) == (400, "access_denied")
