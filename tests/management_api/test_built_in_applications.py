"""Built-in applications can be read through the Management API, and nothing else."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Application

pytestmark = pytest.mark.django_db

JSON = "application/json"


def test_demo_app_is_synthesized(api: Client) -> None:
    body = api.get("/api/applications/demo-app").json()
    assert isinstance(body.pop("createdAt"), int)
    assert body == {
        "tenantId": "default",
        "id": "demo-app",
        "name": "Live preview",
        "description": "Tries the sign-in experience out.",
        "type": "SPA",
        "secret": "N/A",
        "oidcClientMetadata": {
            "redirectUris": ["http://localhost:8000/demo-app", "http://testserver:8000/demo-app"],
            "postLogoutRedirectUris": ["http://localhost:8000/demo-app", "http://testserver:8000/demo-app"],
        },
        "customClientMetadata": {},
        "protectedAppMetadata": None,
        "customData": {},
        "isThirdParty": False,
        "appLevelAccessControlEnabled": False,
        "isAdmin": False,
    }


def test_device_demo_app_is_a_native_application_of_the_device_flow(api: Client) -> None:
    body = api.get("/api/applications/device-demo-app").json()
    assert (body["type"], body["customClientMetadata"]) == ("Native", {"isDeviceFlow": True})
    assert body["oidcClientMetadata"]["redirectUris"] == []
    assert "http://localhost:8000/device-demo-app" in body["oidcClientMetadata"]["postLogoutRedirectUris"]


def test_each_tenant_reads_its_own(acme_api: Client) -> None:
    body = acme_api.get("/api/applications/demo-app").json()
    assert body["tenantId"] == "acme"
    assert body["oidcClientMetadata"]["redirectUris"] == ["http://acme.localhost:8000/demo-app"]


def test_lists_do_not_name_them(api: Client) -> None:
    assert [application["name"] for application in api.get("/api/applications").json()] == ["Backend"]
    assert api.get("/api/applications?types=SPA&types=Native").json() == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "", {"name": "Mine"}),
        ("delete", "", None),
        ("patch", "/custom-data", {"a": 1}),
        ("delete", "/legacy-secret", None),
        ("get", "/secrets", None),
        ("post", "/secrets", {"name": "x"}),
        ("post", "/roles", {"roleIds": ["x"]}),
        ("put", "/sign-in-experience", {"displayName": "x"}),
        ("post", "/user-consent-scopes", {"userScopes": ["profile"]}),
        ("get", "/access-control", None),
    ],
)
def test_nothing_of_them_can_be_changed(api: Client, method: str, path: str, body: dict[str, Any] | None) -> None:
    before = list(Application.with_hidden.values())
    address = f"/api/applications/demo-app{path}"
    response = getattr(api, method)(address, body, content_type=JSON)
    assert (response.status_code, response.json()["code"]) == (404, "entity.not_exists_with_id")
    assert list(Application.with_hidden.values()) == before


def test_no_organization_takes_them_in(api: Client) -> None:
    organization = api.post("/api/organizations", {"name": "Wayne"}, content_type=JSON).json()
    address = f"/api/organizations/{organization['id']}/applications"
    response = api.post(address, {"applicationIds": ["demo-app"]}, content_type=JSON)
    assert response.status_code == 422
    assert api.get(address).json() == []


def test_no_role_is_given_to_them(api: Client) -> None:
    role = {"name": "Worker", "description": "x", "type": "MachineToMachine"}
    role_id = api.post("/api/roles", role, content_type=JSON).json()["id"]
    response = api.post(f"/api/roles/{role_id}/applications", {"applicationIds": ["demo-app"]}, content_type=JSON)
    assert (response.status_code, response.json()["code"]) == (404, "entity.not_exists_with_id")
