"""RFC 9728: the Management API and the Account API say where their tokens come from."""

from typing import Any

import pytest
from django.test import Client

from access.services.resources import create_resource
from applications.services.applications import update_application
from common.actors import SYSTEM
from identity.account_center import update_account_center
from identity.models import User
from tenants.models import Tenant
from tests.oidc.tokens.parties import ISSUER, Party, authorize

pytestmark = pytest.mark.django_db

ORIGIN = "http://localhost:8000"
MANAGEMENT = f"{ORIGIN}/api"
ACCOUNT = f"{ORIGIN}/api/my-account"


def metadata_of(client: Client, resource: str) -> dict[str, Any]:
    """What a client finds that knows the resource's address alone (section 3.1)."""
    path = resource.removeprefix(ORIGIN)
    answer = client.get(f"/.well-known/oauth-protected-resource{path}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("resource", [MANAGEMENT, ACCOUNT])
def test_3_3_the_resource_is_the_one_it_was_asked_for(client: Client, tenant: Tenant, resource: str) -> None:
    body = metadata_of(client, resource)
    assert body["resource"] == resource
    assert body["authorization_servers"] == [ISSUER]
    assert body["bearer_methods_supported"] == ["header"]
    assert "ES256" in body["dpop_signing_alg_values_supported"]


def test_3_2_every_host_has_its_own(acme_client: Client, tenants: dict[str, Tenant]) -> None:
    body = acme_client.get("/.well-known/oauth-protected-resource/api").json()
    assert body["resource"] == "http://acme.localhost:8000/api"
    assert body["authorization_servers"] == ["http://acme.localhost:8000/oidc"]


def test_scopes_are_those_to_ask_for(client: Client, tenant: Tenant) -> None:
    assert metadata_of(client, MANAGEMENT)["scopes_supported"] == ["all"]
    assert metadata_of(client, ACCOUNT)["scopes_supported"][:3] == ["openid", "offline_access", "profile"]


def test_pages_of_any_origin_may_read_it(client: Client, tenant: Tenant) -> None:
    answer = client.get("/.well-known/oauth-protected-resource/api", headers={"Origin": "https://anywhere.example"})
    assert answer["Access-Control-Allow-Origin"] == "https://anywhere.example"


@pytest.mark.parametrize("path", ["", "/", "/oidc", "/api/", "/api/users", "/api/my-account/profile"])
def test_nothing_else_is_a_resource(client: Client, tenant: Tenant, path: str) -> None:
    assert client.get(f"/.well-known/oauth-protected-resource{path}").status_code == 404


@pytest.mark.parametrize(("path", "resource"), [("/api/roles", MANAGEMENT), ("/api/my-account", ACCOUNT)])
class TestChallenge:
    """Section 5.1: who is refused learns where the metadata is."""

    def metadata(self, resource: str) -> str:
        return f'resource_metadata="{ORIGIN}/.well-known/oauth-protected-resource{resource.removeprefix(ORIGIN)}"'

    def test_without_a_token(self, client: Client, tenant: Tenant, path: str, resource: str) -> None:
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.authorization_header_missing")
        assert answer["WWW-Authenticate"] == f"Bearer {self.metadata(resource)}"

    def test_with_a_bad_token(self, client: Client, tenant: Tenant, path: str, resource: str) -> None:
        answer = client.get(path, headers={"Authorization": "Bearer nothing"})
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.unauthorized")
        assert answer["WWW-Authenticate"] == f'Bearer error="invalid_token", {self.metadata(resource)}'

    def test_with_a_bad_bound_token(self, client: Client, tenant: Tenant, path: str, resource: str) -> None:
        answer = client.get(path, headers={"Authorization": "DPoP nothing"})
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith('DPoP error="invalid_token", algs=')
        assert answer["WWW-Authenticate"].endswith(self.metadata(resource))


class TestTokens:
    """A client that knows the resource's address alone gets a token by it (RFC 8707), and the token works."""

    def test_for_the_management_api(self, machine: Party) -> None:
        update_application(machine.application, is_admin=True, actor=SYSTEM)
        body = machine.credentials(resource=MANAGEMENT, scope="all").json()
        assert machine.claims(body["access_token"], "https://default.logto.app/api")["scope"] == "all"
        bearer = {"Authorization": f"Bearer {body['access_token']}"}
        assert machine.browser.get("/api/roles", headers=bearer).status_code == 200

    def test_without_a_role_it_grants_nothing(self, machine: Party) -> None:
        body = machine.credentials(resource=MANAGEMENT, scope="all").json()
        bearer = {"Authorization": f"Bearer {body['access_token']}"}
        assert machine.browser.get("/api/roles", headers=bearer).status_code == 403

    def test_for_the_account_api(self, spa: Party, alice: User) -> None:
        update_account_center({"enabled": True, "fields": {"name": "Edit"}}, actor=SYSTEM)
        token = spa.redeem(authorize(alice, spa.application), resource=ACCOUNT).json()["access_token"]
        answer = spa.browser.get("/api/my-account", headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["id"] == alice.id

    def test_of_another_host_it_is_unknown(self, machine: Party) -> None:
        for resource in ("http://acme.localhost:8000/api", f"{MANAGEMENT}/", f"{ORIGIN}/oidc", f"{ORIGIN}x/api"):
            assert machine.credentials(resource=resource).json()["error"] == "invalid_target"

    def test_a_resource_of_the_tenant_with_that_address_is_the_tenants(self, machine: Party) -> None:
        create_resource(name="Theirs", indicator=MANAGEMENT, actor=SYSTEM)
        token = machine.credentials(resource=MANAGEMENT, scope="all").json()["access_token"]
        assert machine.claims(token, MANAGEMENT)["aud"] == MANAGEMENT
