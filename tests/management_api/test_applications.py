"""`/api/applications`."""

import json
import time
from typing import Any

import pytest
from django.test import Client

from access.models import Role
from access.services.roles import create_role
from applications.clients import find_client
from applications.models import Application
from applications.services.applications import create_application
from applications.services.organization_applications import (
    add_organization_applications,
    assign_organization_application_roles,
)
from common.actors import SYSTEM
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role
from tenants.context import enter_tenant

pytestmark = pytest.mark.django_db

JSON = "application/json"
SPA: dict[str, Any] = {"name": "Web", "type": "SPA"}


def create(api: Client, **values: Any) -> dict[str, Any]:
    response = api.post("/api/applications", {**SPA, **values}, content_type=JSON)
    assert response.status_code == 200, response.content
    return response.json()


def metadata(*redirect_uris: str, **values: Any) -> dict[str, Any]:
    return {"redirectUris": list(redirect_uris), "postLogoutRedirectUris": [], **values}


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture
def spa(api: Client) -> dict[str, Any]:
    return create(api)


@pytest.fixture
def machine(api: Client) -> dict[str, Any]:
    return create(api, name="Worker", type="MachineToMachine")


@pytest.fixture
def machine_role(api: Client) -> Role:
    return create_role(name="Worker role", description="x", type="MachineToMachine", actor=SYSTEM)


def test_an_application_as_it_stands_on_the_wire(spa: dict[str, Any]) -> None:
    assert len(spa["id"]) == 21
    assert abs(spa["createdAt"] - time.time() * 1000) < 60_000
    assert {name: value for name, value in spa.items() if name not in ("id", "createdAt")} == {
        "tenantId": "default",
        "name": "Web",
        "description": None,
        "type": "SPA",
        "oidcClientMetadata": {"redirectUris": [], "postLogoutRedirectUris": []},
        "customClientMetadata": {},
        "protectedAppMetadata": None,
        "customData": {},
        "isThirdParty": False,
        "appLevelAccessControlEnabled": False,
    }


@pytest.mark.parametrize(("kind", "secrets"), [("Native", 0), ("SPA", 0), ("Traditional", 1), ("MachineToMachine", 1)])
def test_confidential_types_get_a_secret(api: Client, kind: str, secrets: int) -> None:
    application = create(api, type=kind)
    found = api.get(f"/api/applications/{application['id']}/secrets").json()
    assert [secret["name"] for secret in found] == ["Default secret"] * secrets
    assert all(len(secret["value"]) == 32 and secret["expiresAt"] is None for secret in found)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": ""}, (400, "guard.invalid_input")),
        ({"name": 1}, (400, "guard.invalid_input")),
        ({"name": "x" * 257}, (400, "guard.invalid_input")),
        ({"type": "Unknown"}, (400, "guard.invalid_input")),
        ({"customData": []}, (400, "guard.invalid_input")),
        ({"isThirdParty": "true"}, (400, "guard.invalid_input")),
        ({"oidcClientMetadata": {"redirectUris": []}}, (400, "guard.invalid_input")),
        ({"oidcClientMetadata": metadata("/relative")}, (400, "guard.invalid_input")),
        ({"oidcClientMetadata": metadata("javascript:alert(1)")}, (400, "guard.invalid_input")),
        ({"oidcClientMetadata": metadata("https://a.example/../b")}, (400, "guard.invalid_input")),
        ({"oidcClientMetadata": metadata("https://*/cb")}, (400, "guard.invalid_input")),
        ({"oidcClientMetadata": metadata("https://a.example/cb?x=*")}, (400, "guard.invalid_input")),
        ({"oidcClientMetadata": metadata(backchannelLogoutUri="/out")}, (400, "guard.invalid_input")),
        ({"oidcClientMetadata": metadata(backchannelLogoutUri="")}, (400, "guard.invalid_input")),
        ({"oidcClientMetadata": metadata(backchannelLogoutUri=None)}, (400, "guard.invalid_input")),
        ({"oidcClientMetadata": metadata(backchannelLogoutSessionRequired="yes")}, (400, "guard.invalid_input")),
        ({"customClientMetadata": {"refreshTokenTtlInDays": 181}}, (400, "guard.invalid_input")),
        ({"customClientMetadata": {"idTokenTtl": 0}}, (400, "guard.invalid_input")),
        ({"customClientMetadata": {"rotateRefreshToken": "yes"}}, (400, "guard.invalid_input")),
        (
            {"isThirdParty": True, "customClientMetadata": {"allowTokenExchange": True}},
            (422, "application.third_party_application_cannot_enable_token_exchange"),
        ),
        ({"customClientMetadata": {"maxAllowedGrants": 0}}, (400, "guard.invalid_input")),
        ({"customClientMetadata": {"maxAllowedGrants": "2"}}, (400, "guard.invalid_input")),
        ({"customClientMetadata": {"isDeviceFlow": True}}, (422, "application.device_flow_native_only")),
        (
            {"type": "MachineToMachine", "customClientMetadata": {"isDeviceFlow": True}},
            (422, "application.device_flow_native_only"),
        ),
        (
            {"type": "MachineToMachine", "isThirdParty": True},
            (400, "application.invalid_third_party_application_type"),
        ),
        ({"type": "SAML"}, (400, "application.saml.use_saml_app_api")),
        ({"type": "Protected"}, (400, "application.protected_app_metadata_is_required")),
        (
            {"type": "Protected", "protectedAppMetadata": {"subDomain": "a", "origin": "https://a.example"}},
            (501, "application.protected_app_not_configured"),
        ),
    ],
)
def test_what_cannot_be_created(api: Client, values: dict[str, Any], expected: tuple[int, str]) -> None:
    before = Application.objects.count()
    response = api.post("/api/applications", {**SPA, **values}, content_type=JSON)
    assert error(response) == expected
    assert Application.objects.count() == before


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example.com/callback",
        "http://localhost:3000/callback",
        "https://*.example.com/callback",
        "https://pr-*.preview.example.com/*",
        "io.example.app://callback",
        "myapp://callback",
    ],
)
def test_redirect_uris_that_may_be_registered(api: Client, uri: str) -> None:
    assert create(api, oidcClientMetadata=metadata(uri))["oidcClientMetadata"]["redirectUris"] == [uri]


def test_changes_are_partial_and_objects_replaced(api: Client) -> None:
    spa = create(api, customData={"a": 1, "b": 2}, customClientMetadata={"idTokenTtl": 60}, description="d")
    address = f"/api/applications/{spa['id']}"
    changed = api.patch(address, {"customData": {"b": 3}, "type": "Native", "id": "x"}, content_type=JSON).json()
    assert changed == {**spa, "customData": {"b": 3}}
    changed = api.patch(
        address, {"description": None, "customClientMetadata": {"rotateRefreshToken": False}}, content_type=JSON
    ).json()
    assert changed["description"] is None
    assert changed["customClientMetadata"] == {"rotateRefreshToken": False}
    assert api.patch(address, {}, content_type=JSON).status_code == 200
    found = find_client(spa["id"])
    assert found is not None
    assert not found.rotates_refresh_token


def test_token_exchange_is_for_the_tenants_own(api: Client) -> None:
    grant, metadata = "urn:ietf:params:oauth:grant-type:token-exchange", {"allowTokenExchange": True}
    for kind in ("SPA", "Native", "Traditional", "MachineToMachine"):
        application = create(api, type=kind, customClientMetadata=metadata)
        assert application["customClientMetadata"] == metadata
        found = find_client(application["id"])
        assert found is not None
        assert found.allows_grant_type(grant)
    address = f"/api/applications/{create(api, isThirdParty=True)['id']}"
    changed = api.patch(address, {"customClientMetadata": metadata}, content_type=JSON)
    assert error(changed) == (422, "application.third_party_application_cannot_enable_token_exchange")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"customClientMetadata": {"isDeviceFlow": True}}, (422, "application.device_flow_not_changeable")),
        ({"protectedAppMetadata": {"origin": "https://a.example"}}, (422, "application.protected_application_only")),
        ({"appLevelAccessControlEnabled": "yes"}, (400, "guard.invalid_input")),
        ({"isAdmin": True}, (422, "application.invalid_type")),
        ({"name": None}, (400, "guard.invalid_input")),
    ],
)
def test_what_cannot_be_changed(
    api: Client, spa: dict[str, Any], changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error(api.patch(f"/api/applications/{spa['id']}", changes, content_type=JSON)) == expected


def test_custom_data_is_merged(api: Client, spa: dict[str, Any]) -> None:
    address = f"/api/applications/{spa['id']}/custom-data"
    assert api.patch(address, {"a": {"x": 1}}, content_type=JSON).json() == {"a": {"x": 1}}
    assert api.patch(address, {"b": 2, "a": {"y": 1}}, content_type=JSON).json() == {"a": {"y": 1}, "b": 2}
    assert error(api.patch(address, "[]", content_type=JSON)) == (400, "guard.invalid_input")


def test_deletion(api: Client, spa: dict[str, Any]) -> None:
    address = f"/api/applications/{spa['id']}"
    assert api.delete(address).status_code == 204
    assert error(api.get(address)) == (404, "entity.not_exists_with_id")
    assert error(api.delete(address)) == (404, "entity.not_exists_with_id")


def test_an_administrator_has_a_hidden_role(api: Client, machine: dict[str, Any]) -> None:
    address = f"/api/applications/{machine['id']}"
    assert api.get(address).json()["isAdmin"] is False
    api.patch(address, {"isAdmin": True}, content_type=JSON)
    assert api.get(address).json()["isAdmin"] is True
    assert api.get(f"{address}/roles").json() == []
    assert all(not role["name"].startswith("#internal:") for role in api.get("/api/roles").json())
    api.put(f"{address}/roles", {"roleIds": []}, content_type=JSON)
    assert api.get(address).json()["isAdmin"] is True
    api.patch(address, {"isAdmin": False}, content_type=JSON)
    assert api.get(address).json()["isAdmin"] is False


def test_the_list_and_its_filters(api: Client, spa: dict[str, Any], machine: dict[str, Any]) -> None:
    everything = api.get("/api/applications")
    assert [row["name"] for row in everything.json()] == ["Worker", "Web", "Backend"]
    assert "Total-Number" not in everything.headers
    page = api.get("/api/applications?page=1&page_size=2")
    assert (len(page.json()), page.headers["Total-Number"]) == (2, "3")

    def names(query: str) -> list[str]:
        return [row["name"] for row in api.get(f"/api/applications?{query}").json()]

    assert names("types=SPA&types=Native") == ["Web"]
    assert names("isThirdParty=true") == []
    assert names("search=%25ork%25") == ["Worker"]
    role = Role.objects.get(name="Logto Management API access")
    assert names(f"types=MachineToMachine&excludeRoleId={role.id}") == ["Worker"]
    assert error(api.get("/api/applications?types=Nothing")) == (400, "guard.invalid_input")
    assert error(api.get("/api/applications?search=")) == (400, "request.invalid_input")
    assert error(api.get("/api/applications?page=0")) == (400, "guard.invalid_pagination")


def test_the_list_costs_one_statement(
    api: Client, spa: dict[str, Any], machine: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    api.get("/api/applications")
    # The tenant, the page.
    with django_assert_max_num_queries(2):
        assert len(api.get("/api/applications").json()) == 3


def test_secrets_come_and_go(api: Client, machine: dict[str, Any]) -> None:
    address = f"/api/applications/{machine['id']}/secrets"
    expires_at = int(time.time() * 1000) + 60_000
    response = api.post(address, {"name": "next/one", "expiresAt": expires_at}, content_type=JSON)
    assert response.status_code == 201
    secret = response.json()
    assert secret == {
        "tenantId": "default",
        "applicationId": machine["id"],
        "name": "next/one",
        "value": secret["value"],
        "createdAt": secret["createdAt"],
        "expiresAt": expires_at,
    }
    renamed = api.patch(f"{address}/next%2Fone", {"name": "next"}, content_type=JSON)
    assert renamed.json() == {**secret, "name": "next"}
    assert [row["name"] for row in api.get(address).json()] == ["Default secret", "next"]
    assert api.delete(f"{address}/next").status_code == 204
    assert error(api.delete(f"{address}/next")) == (404, "entity.not_found")
    assert error(api.patch(f"{address}/next", {"name": "x"}, content_type=JSON)) == (404, "entity.not_found")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": "Default secret"}, (422, "application.secret_name_exists")),
        ({"name": "past", "expiresAt": 1_000}, (400, "request.invalid_input")),
        ({"name": "far", "expiresAt": 1e300}, (400, "guard.invalid_input")),
        ({"name": ""}, (400, "guard.invalid_input")),
        ({}, (400, "guard.invalid_input")),
    ],
)
def test_secrets_that_cannot_be(
    api: Client, machine: dict[str, Any], values: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error(api.post(f"/api/applications/{machine['id']}/secrets", values, content_type=JSON)) == expected


def test_a_renamed_secret_keeps_its_own_name(api: Client, machine: dict[str, Any]) -> None:
    address = f"/api/applications/{machine['id']}/secrets"
    api.post(address, {"name": "second"}, content_type=JSON)
    response = api.patch(f"{address}/second", {"name": "Default secret"}, content_type=JSON)
    assert error(response) == (422, "application.secret_name_exists")


def test_a_public_client_has_no_secrets(api: Client, spa: dict[str, Any]) -> None:
    response = api.post(f"/api/applications/{spa['id']}/secrets", {"name": "x"}, content_type=JSON)
    assert error(response) == (422, "application.invalid_type")
    assert error(api.delete(f"/api/applications/{spa['id']}/legacy-secret")) == (
        400,
        "application.no_legacy_secret_found",
    )


def test_roles_of_a_machine(api: Client, machine: dict[str, Any], machine_role: Role) -> None:
    address = f"/api/applications/{machine['id']}/roles"
    first = api.post(address, {"roleIds": [machine_role.id]}, content_type=JSON)
    assert (first.status_code, first.json()["addedRoleIds"]) == (201, [machine_role.id])
    again = api.post(address, {"roleIds": [machine_role.id]}, content_type=JSON).json()
    assert again == {"roleIds": [machine_role.id], "addedRoleIds": []}
    assert [row["name"] for row in api.get(address).json()] == ["Worker role"]
    assert api.put(address, {"roleIds": []}, content_type=JSON).status_code == 200
    assert api.get(address).json() == []
    api.put(address, {"roleIds": [machine_role.id]}, content_type=JSON)
    assert api.delete(f"{address}/{machine_role.id}").status_code == 204
    assert error(api.delete(f"{address}/{machine_role.id}")) == (404, "entity.not_found")


def test_roles_are_for_machines_and_of_their_kind(
    api: Client, spa: dict[str, Any], machine: dict[str, Any], machine_role: Role
) -> None:
    people = create_role(name="People", description="x", actor=SYSTEM)
    with enter_tenant("acme"):
        theirs = Role.objects.get(name="Logto Management API access")
    roles = f"/api/applications/{spa['id']}/roles"
    assert error(api.get(roles)) == (422, "application.invalid_type")
    assert error(api.post(roles, {"roleIds": [machine_role.id]}, content_type=JSON)) == (
        422,
        "application.invalid_type",
    )
    roles = f"/api/applications/{machine['id']}/roles"
    for method in (api.post, api.put):
        assert error(method(roles, {"roleIds": [people.id]}, content_type=JSON)) == (
            422,
            "application.invalid_role_type",
        )
        assert error(method(roles, {"roleIds": [theirs.id]}, content_type=JSON)) == (404, "entity.not_exists_with_id")


def test_organizations_of_a_machine(api: Client, machine: dict[str, Any], django_assert_num_queries: Any) -> None:
    for number in range(2):
        organization = create_organization(name=f"Customer {number}", actor=SYSTEM)
        role = create_organization_role(name=f"Bot {number}", type="MachineToMachine", actor=SYSTEM)
        add_organization_applications(organization, application_ids=[machine["id"]], actor=SYSTEM)
        assign_organization_application_roles(
            organization, application_id=machine["id"], role_ids=[role.id], actor=SYSTEM
        )
    address = f"/api/applications/{machine['id']}/organizations"
    api.get(address)
    # The tenant, the application, its places with the organizations, the roles.
    with django_assert_num_queries(4):
        rows = api.get(address).json()
    assert [row["name"] for row in rows] == ["Customer 1", "Customer 0"]
    assert [role["name"] for role in rows[0]["organizationRoles"]] == ["Bot 1"]
    assert api.get(f"{address}?page=1").headers["Total-Number"] == "2"


def test_another_tenants_application_is_unknown(api: Client, acme_api: Client) -> None:
    with enter_tenant("acme"):
        theirs = create_application(name="Theirs", type="Traditional", actor=SYSTEM).id
    address = f"/api/applications/{theirs}"
    body = json.dumps({"name": "Mine"})
    answers = [
        api.get(address),
        api.patch(address, body, content_type=JSON),
        api.delete(address),
        api.get(f"{address}/secrets"),
        api.post(f"{address}/secrets", body, content_type=JSON),
        api.patch(f"{address}/secrets/Default secret", body, content_type=JSON),
        api.delete(f"{address}/secrets/Default secret"),
        api.get(f"{address}/roles"),
        api.get(f"{address}/organizations"),
        api.patch(f"{address}/custom-data", "{}", content_type=JSON),
    ]
    assert {error(answer) for answer in answers} == {(404, "entity.not_exists_with_id")}
    assert acme_api.get(address).json()["name"] == "Theirs"
