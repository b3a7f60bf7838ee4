"""A user's own account through the Account API: scopes first, then the tenant's field permissions."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from common.crypto import sha256_hex
from identity.account_center import update_account_center
from identity.models import User
from identity.services.users import set_user_suspended
from oidc.models import AccessToken, Grant
from tenants import rate_limits

pytestmark = pytest.mark.django_db

EDITABLE = {"name": "Edit", "avatar": "Edit", "profile": "Edit", "customData": "Edit", "email": "ReadOnly"}
ALL = "openid profile email address custom_data"


@pytest.fixture
def call(alice: User, client: Client) -> Callable[..., Any]:
    application = Application.objects.create(
        name="App", type="SPA", oidc_client_metadata={"redirectUris": ["https://app.example/callback"]}
    )
    tomorrow = now() + timedelta(days=1)
    grant = Grant.objects.create(user=alice, application=application, expires_at=tomorrow)
    issued: dict[str, str] = {}

    def request(method: str, path: str = "", body: Any = None, *, scope: str = ALL, token: str | None = None) -> Any:
        if token is None:
            token = issued.setdefault(scope, f"token-{len(issued)}" + "x" * 40)
            AccessToken.objects.get_or_create(
                token_checksum=sha256_hex(token),
                defaults={
                    "user": alice,
                    "application": application,
                    "grant": grant,
                    "scope": scope,
                    "expires": tomorrow,
                },
            )
        return client.generic(
            method,
            f"/api/my-account{path}",
            data=json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    update_account_center({"enabled": True, "fields": EDITABLE}, actor=SYSTEM)
    return request


def test_a_user_reads_what_scopes_and_tenant_allow(call: Callable[..., Any], alice: User) -> None:
    body = call("GET").json()
    assert body["id"] == alice.id
    assert body["name"] == "Alice Archer"
    assert body["primaryEmail"] == "alice@example.com"
    assert "username" not in body
    assert "hasPassword" not in body
    assert "primaryEmail" not in call("GET", scope="openid profile").json()


def test_a_user_changes_name_and_custom_data(call: Callable[..., Any], alice: User) -> None:
    response = call("PATCH", body={"name": "Alicia", "customData": {"plan": "pro"}})
    assert response.status_code == 200
    alice.refresh_from_db()
    assert (alice.name, alice.custom_data) == ("Alicia", {"plan": "pro"})


def test_the_profile_is_merged(call: Callable[..., Any]) -> None:
    call("PATCH", "/profile", {"nickname": "Al"})
    response = call("PATCH", "/profile", {"address": {"country": "GB"}})
    assert response.json() == {"nickname": "Al", "address": {"country": "GB"}}


@pytest.mark.parametrize(
    ("body", "scope", "code", "status"),
    [
        ({"avatar": "javascript:alert(1)"}, ALL, "guard.invalid_input", 400),
        ({"name": "x"}, "openid email", "auth.unauthorized", 400),
        ({"customData": {}}, "openid profile", "auth.unauthorized", 400),
        ({"username": "alice"}, ALL, "request.feature_not_supported", 422),
        ({"name": "x" * 129}, ALL, "guard.invalid_input", 400),
    ],
)
def test_what_is_not_allowed_is_refused(
    call: Callable[..., Any], body: dict[str, Any], scope: str, code: str, status: int
) -> None:
    response = call("PATCH", body=body, scope=scope)
    assert (response.json()["code"], response.status_code) == (code, status)


def test_a_read_only_field_stays(call: Callable[..., Any]) -> None:
    update_account_center({"fields": {"name": "ReadOnly"}}, actor=SYSTEM)
    assert call("PATCH", body={"name": "x"}).json()["code"] == "account_center.field_not_editable"


def test_a_closed_account_center_answers_nobody(call: Callable[..., Any]) -> None:
    update_account_center({"enabled": False}, actor=SYSTEM)
    assert call("GET").json()["code"] == "account_center.not_enabled"


def test_bad_tokens(call: Callable[..., Any], alice: User, client: Client, acme_client: Client) -> None:
    assert client.get("/api/my-account").json()["code"] == "auth.authorization_header_missing"
    assert call("GET", token="nonsense").status_code == 401
    assert call("GET", scope="profile").json()["code"] == "auth.forbidden"
    call("GET")
    header = {"Authorization": "Bearer token-0" + "x" * 40}
    assert acme_client.get("/api/my-account", headers=header).status_code == 401
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    assert call("GET").status_code == 401


def test_any_origin_may_ask(call: Callable[..., Any], client: Client) -> None:
    preflight = client.options("/api/my-account", headers={"Origin": "https://app.example"})
    assert preflight.status_code == 204
    assert preflight["Access-Control-Allow-Origin"] == "https://app.example"


def test_people_cannot_fill_their_own_profile_without_end(call: Callable[..., Any]) -> None:
    """What a person writes of themselves is in every answer about them."""
    assert call("PATCH", "/profile", {"nickname": "x" * 1025}).status_code == 400
    assert call("PATCH", "/profile", {"address": {"country": "x" * 1025}}).status_code == 400
    assert call("PATCH", "/profile", {"nickname": "x" * 1024}).status_code == 200


def test_a_user_is_refused_beyond_their_limit(call: Callable[..., Any], settings: Any) -> None:
    """One user's script could ask the Account API as often as it liked."""
    settings.ACCOUNT_LIMIT_PER_USER = "2/year"
    settings.ANONYMOUS_LIMIT_PER_ADDRESS = "2/year"
    rate_limits.forget()
    try:
        answers = [call("GET", scope=scope) for scope in (ALL, "openid profile", ALL)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[-1].json()["code"] == "request.rate_limited"
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert [call("GET", token="nonsense").status_code for _ in range(3)] == [401, 401, 429]
    finally:
        rate_limits.forget()
