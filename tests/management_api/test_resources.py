"""`/api/resources`."""

from typing import Any

import pytest
from django.test import Client

from access.models import Resource

pytestmark = pytest.mark.django_db

JSON = "application/json"


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture
def orders(api: Client) -> dict[str, Any]:
    body = {"name": "Orders", "indicator": "https://orders.example.com", "accessTokenTtl": 600}
    response = api.post("/api/resources", body, content_type=JSON)
    assert response.status_code == 201
    return response.json()


def test_a_resource_as_it_stands_on_the_wire(api: Client, orders: dict[str, Any]) -> None:
    expected = {
        "tenantId": "default",
        "id": orders["id"],
        "name": "Orders",
        "indicator": "https://orders.example.com",
        "isDefault": False,
        "accessTokenTtl": 600,
        "accessTokenHeaderType": "at+jwt",
    }
    assert orders == {**expected, "scopes": []}
    assert api.get(f"/api/resources/{orders['id']}").json() == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "guard.invalid_input")),
        ({"name": "x", "indicator": "orders"}, (400, "guard.invalid_input")),
        ({"name": "x", "indicator": "https://x.example", "accessTokenTtl": "60"}, (400, "guard.invalid_input")),
        ({"name": "x", "indicator": "https://x.example", "accessTokenTtl": 1.5}, (400, "guard.invalid_input")),
        ({"name": "x", "indicator": "https://x.example", "accessTokenTtl": True}, (400, "guard.invalid_input")),
        (
            {"name": "x", "indicator": "https://x.example", "accessTokenHeaderType": "id+jwt"},
            (400, "guard.invalid_input"),
        ),
        ({"name": "x", "indicator": "https://orders.example.com"}, (422, "resource.resource_identifier_in_use")),
    ],
)
def test_what_cannot_be_created(
    api: Client, orders: dict[str, Any], body: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error(api.post("/api/resources", body, content_type=JSON)) == expected


def test_issues_name_the_key(api: Client) -> None:
    body = api.post("/api/resources", {"name": 1}, content_type=JSON).json()
    assert [issue["path"] for issue in body["data"]["issues"]] == ["name", "indicator"]
    assert 'Error in key path "indicator"' in body["details"]


def test_changes(api: Client, orders: dict[str, Any]) -> None:
    address = f"/api/resources/{orders['id']}"
    changed = api.patch(address, {"name": "O", "indicator": "https://new.example"}, content_type=JSON).json()
    assert (changed["name"], changed["indicator"]) == ("O", "https://orders.example.com")
    assert error(api.patch(address, {"indicator": "https://new.example"}, content_type=JSON)) == (
        422,
        "entity.invalid_input",
    )
    assert api.delete(address).status_code == 204
    assert error(api.patch(address, {"name": "x"}, content_type=JSON)) == (404, "entity.not_exists_with_id")


def test_the_default(api: Client, orders: dict[str, Any]) -> None:
    other = api.post("/api/resources", {"name": "B", "indicator": "https://b.example"}, content_type=JSON).json()
    for resource in (orders, other):
        response = api.patch(f"/api/resources/{resource['id']}/is-default", {"isDefault": True}, content_type=JSON)
        assert response.json()["isDefault"] is True
    assert [row["name"] for row in api.get("/api/resources").json() if row["isDefault"]] == ["B"]
    bad = api.patch(f"/api/resources/{other['id']}/is-default", {"isDefault": 1}, content_type=JSON)
    assert error(bad) == (400, "guard.invalid_input")


def test_the_management_api_stays(api: Client) -> None:
    resource = Resource.objects.get(name="Management API")
    address = f"/api/resources/{resource.id}"
    assert error(api.patch(address, {"name": "x"}, content_type=JSON)) == (
        400,
        "resource.cannot_modify_management_api",
    )
    assert error(api.delete(address)) == (400, "resource.cannot_delete_management_api")
    assert error(api.post(f"{address}/scopes", {"name": "x"}, content_type=JSON)) == (
        400,
        "resource.cannot_modify_management_api",
    )


def test_scopes_of_a_resource(api: Client, orders: dict[str, Any]) -> None:
    address = f"/api/resources/{orders['id']}/scopes"
    response = api.post(address, {"name": "read:orders", "description": "Read"}, content_type=JSON)
    scope = response.json()
    assert response.status_code == 201
    assert scope == {
        "tenantId": "default",
        "id": scope["id"],
        "resourceId": orders["id"],
        "name": "read:orders",
        "description": "Read",
        "createdAt": scope["createdAt"],
    }
    assert error(api.post(address, {"name": "read:orders"}, content_type=JSON)) == (422, "scope.name_exists")
    assert error(api.post(address, {"name": "read orders"}, content_type=JSON)) == (400, "scope.name_with_space")
    changed = api.patch(f"{address}/{scope['id']}", {"description": None}, content_type=JSON).json()
    assert changed == {**scope, "description": None}
    assert error(api.patch(f"{address}/{scope['id']}", {}, content_type=JSON)) == (422, "entity.invalid_input")
    page = api.get(f"{address}?search=read%25")
    assert (len(page.json()), page.headers["Total-Number"]) == (1, "1")
    assert api.delete(f"{address}/{scope['id']}").status_code == 204
    assert error(api.delete(f"{address}/{scope['id']}")) == (404, "entity.not_exists_with_id")


def test_the_list(api: Client, orders: dict[str, Any], django_assert_num_queries: Any) -> None:
    api.post(f"/api/resources/{orders['id']}/scopes", {"name": "read"}, content_type=JSON)
    api.get("/api/resources")
    assert "scopes" not in api.get("/api/resources").json()[0]
    # The tenant, the resources, their scopes.
    with django_assert_num_queries(3):
        rows = api.get("/api/resources?includeScopes=true").json()
    assert [[scope["name"] for scope in row["scopes"]] for row in rows] == [["all"], ["read"]]
    assert api.get("/api/resources?page=2&page_size=1").json()[0]["name"] == "Orders"


def test_another_tenants_resource_is_unknown(acme_api: Client, orders: dict[str, Any]) -> None:
    address = f"/api/resources/{orders['id']}"
    assert error(acme_api.get(address)) == (404, "entity.not_exists_with_id")
    assert error(acme_api.delete(address)) == (404, "entity.not_exists_with_id")
    assert error(acme_api.get(f"{address}/scopes")) == (404, "entity.not_exists_with_id")


def test_the_type_of_its_tokens_is_changed(api: Client, orders: dict[str, Any]) -> None:
    address = f"/api/resources/{orders['id']}"
    changed = api.patch(address, {"accessTokenHeaderType": "JWT"}, content_type=JSON).json()
    assert changed["accessTokenHeaderType"] == "JWT"
    assert error(api.patch(address, {"accessTokenHeaderType": "jwt"}, content_type=JSON)) == (
        400,
        "guard.invalid_input",
    )
    assert api.get(address).json() == changed
