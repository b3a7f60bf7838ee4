"""Pages of other origins call the machine endpoints: only those of the client's own (RFC 6749, Fetch standard)."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from identity.models import User
from tests.oidc.tokens.parties import Party, authorize, make_application

pytestmark = pytest.mark.django_db

CLIENT_BASED = (("token", "POST"), ("token/introspection", "POST"), ("token/revocation", "POST"), ("me", "GET,POST"))
OPEN = ((".well-known/openid-configuration", "GET"), ("jwks", "GET"))


@pytest.mark.parametrize(("path", "methods"), [*CLIENT_BASED, *OPEN])
def test_preflight(client: Client, tenant: object, path: str, methods: str) -> None:
    asked = {
        "Origin": "https://any.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = client.options(f"/oidc/{path}", headers=asked)
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "https://any.example"
    assert answer["Access-Control-Allow-Methods"] == methods
    assert answer["Access-Control-Allow-Headers"] == "authorization,content-type"
    assert answer["Access-Control-Max-Age"] == "3600"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Origin" in answer["Vary"]


@pytest.mark.parametrize(("path", "methods"), OPEN)
def test_metadata_is_open(client: Client, tenant: object, path: str, methods: str) -> None:
    answer = client.get(f"/oidc/{path}", headers={"Origin": "https://any.example"})
    assert answer["Access-Control-Allow-Origin"] == "https://any.example"
    assert "Origin" in answer["Vary"]


def revoke(party: Party, origin: str) -> Any:
    return party.post("token/revocation", token="x", headers={"Origin": origin})


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://app.example.com", True),
        ("http://localhost:8000", True),
        ("https://extra.example", True),
        ("https://one.preview.example.com", True),
        ("https://one.two.preview.example.com", False),
        ("https://app.example.com:8443", False),
        ("http://app.example.com", False),
        ("https://evil.example", False),
        ("https://app.example.com.evil.example", False),
        ("https://app.example.com@evil.example", False),
        ("https://*.preview.example.com", False),
        ("null", False),
        ("", False),
    ],
)
def test_the_clients_origins(tenant: object, origin: str, allowed: bool) -> None:
    uris = ["https://app.example.com/callback", "https://*.preview.example.com/callback"]
    metadata = {"corsAllowedOrigins": ["https://extra.example"]}
    party = Party(make_application("SPA", redirect_uris=uris, custom_client_metadata=metadata))
    answer = revoke(party, origin)
    if allowed:
        assert answer.status_code == 200
        assert answer["Access-Control-Allow-Origin"] == origin
        assert answer["Access-Control-Expose-Headers"] == "WWW-Authenticate"
    else:
        assert answer.status_code == 400
        assert answer.json()["error_description"] == f"origin {origin} not allowed for client: {party.id}"
        assert "Access-Control-Allow-Origin" not in answer


def test_a_refused_page_burns_no_code(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application)
    answer = spa.redeem(code, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400
    assert spa.redeem(code, headers={"Origin": "https://app.example.com"}).status_code == 200


def test_other_failures_may_be_read(spa: Party) -> None:
    answer = spa.post("token", grant_type="nonsense", headers={"Origin": "https://app.example.com"})
    assert answer.status_code == 400
    assert answer["Access-Control-Allow-Origin"] == "https://app.example.com"


def test_userinfo_asks_the_tokens_client(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice)["access_token"]
    for origin, status in (("https://app.example.com", 200), ("https://evil.example", 400)):
        headers = {"Authorization": f"Bearer {token}", "Origin": origin}
        assert spa.browser.get("/oidc/me", headers=headers).status_code == status
    Application.objects.update(oidc_client_metadata={"redirectUris": ["https://evil.example/"]})
    headers = {"Authorization": f"Bearer {token}", "Origin": "https://evil.example"}
    assert spa.browser.get("/oidc/me", headers=headers).status_code == 200
