"""`/api/users/…/grants`: what a user has granted, and taking it back for them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access.models import Resource
from applications.models import Application
from common.clock import now, to_milliseconds
from events.models import AuditLog
from identity.models import User
from oidc.models import Grant, SessionAuthorization
from oidc.models import RefreshToken as StoredRefreshToken
from tests.oidc.tokens.parties import API, Party, make_api, make_application

pytestmark = pytest.mark.django_db

ABSENT = "x" * 21


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture
def documents(api: Client) -> Resource:
    return make_api(API, "read:things")


@pytest.fixture
def spa(api: Client) -> Party:
    return Party(make_application("SPA"))


@pytest.fixture
def tokens(spa: Party, documents: Resource, alice: User) -> dict[str, Any]:
    """What alice's sign-in brought the single-page application."""
    return spa.sign_in(alice, scope="openid profile offline_access", resources={API: "read:things"})


def test_the_list(api: Client, tokens: dict[str, Any], spa: Party, alice: User) -> None:
    grant = Grant.objects.get()
    assert api.get(f"/api/users/{alice.id}/grants").json() == {
        "grants": [
            {
                "id": grant.id,
                "payload": {
                    "exp": int(grant.expires_at.timestamp()),
                    "iat": int(grant.created_at.timestamp()),
                    "jti": grant.id,
                    "kind": "Grant",
                    "clientId": spa.id,
                    "accountId": alice.id,
                    "openid": {"scope": "openid profile offline_access"},
                    "resources": {API: "read:things"},
                },
                "expiresAt": to_milliseconds(grant.expires_at),
                "application": {"id": spa.id, "name": "SPA"},
            }
        ]
    }


def test_by_kind_of_application(api: Client, tokens: dict[str, Any], spa: Party, alice: User) -> None:
    foreign = Party(make_application("Traditional", is_third_party=True))
    foreign.sign_in(alice, scope="openid")
    address = f"/api/users/{alice.id}/grants"

    def clients(query: str) -> list[str]:
        return [grant["application"]["id"] for grant in api.get(address + query).json()["grants"]]

    assert clients("") == [foreign.id, spa.id], "the latest first"
    assert clients("?appType=firstParty") == [spa.id]
    assert clients("?appType=thirdParty") == [foreign.id]
    assert error(api.get(address + "?appType=other")) == (400, "guard.invalid_input")
    assert error(api.get(address + "?appType=")) == (400, "guard.invalid_input")


def test_only_what_holds_is_listed(api: Client, tokens: dict[str, Any], alice: User, bob: User) -> None:
    assert api.get(f"/api/users/{bob.id}/grants").json() == {"grants": []}
    assert api.get(f"/api/users/{ABSENT}/grants").json() == {"grants": []}
    for change in ({"revoked_at": now()}, {"revoked_at": None, "expires_at": now() - timedelta(seconds=1)}):
        Grant.objects.update(**change)
        assert api.get(f"/api/users/{alice.id}/grants").json() == {"grants": []}


def test_revoking_ends_every_token(
    api: Client, tokens: dict[str, Any], spa: Party, alice: User, backend: Application
) -> None:
    grant = Grant.objects.get()
    assert spa.userinfo(tokens["access_token"]).status_code == 200
    response = api.delete(f"/api/users/{alice.id}/grants/{grant.id}")
    assert (response.status_code, response.content) == (204, b"")
    assert spa.userinfo(tokens["access_token"]).status_code == 401
    assert spa.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert not StoredRefreshToken.objects.exists()
    assert SessionAuthorization.objects.exists(), "the application is still told when the session ends"
    assert api.get(f"/api/users/{alice.id}/grants").json() == {"grants": []}
    entry = AuditLog.objects.get(key="RevokeGrants")
    assert (entry.user_id, entry.application_id) == (alice.id, spa.id)
    assert entry.payload["revokeGrantIds"] == [grant.id]
    assert entry.payload["actor"] == {"kind": "application", "id": backend.id}
    assert error(api.delete(f"/api/users/{alice.id}/grants/{grant.id}")) == (404, "oidc.invalid_grant")


def test_other_grants_stay(api: Client, tokens: dict[str, Any], spa: Party, alice: User, bob: User) -> None:
    first = Grant.objects.get()
    second, bobs = spa.sign_in(alice), spa.sign_in(bob)
    assert api.delete(f"/api/users/{alice.id}/grants/{first.id}").status_code == 204
    for kept in (second, bobs):
        assert spa.refresh(kept["refresh_token"]).status_code == 200


def test_unknown_ids(api: Client, tokens: dict[str, Any], alice: User) -> None:
    grant = Grant.objects.get()
    for address in (f"{alice.id}/grants/{ABSENT}", f"{ABSENT}/grants/{grant.id}"):
        assert error(api.delete(f"/api/users/{address}")) == (404, "oidc.invalid_grant")
    for address in (f"{alice.id}/grants/%00", f"%00/grants/{grant.id}"):
        assert error(api.delete(f"/api/users/{address}")) == (404, "entity.not_found")


def test_a_grant_of_somebody_else_or_of_another_tenant(
    api: Client, acme_api: Client, tokens: dict[str, Any], alice: User, bob: User
) -> None:
    grant = Grant.objects.get()
    assert error(api.delete(f"/api/users/{bob.id}/grants/{grant.id}")) == (404, "oidc.invalid_grant")
    assert error(acme_api.delete(f"/api/users/{alice.id}/grants/{grant.id}")) == (404, "oidc.invalid_grant")
    assert acme_api.get(f"/api/users/{alice.id}/grants").json() == {"grants": []}
    grant.refresh_from_db()
    assert grant.revoked_at is None
