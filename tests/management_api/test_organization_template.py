"""`/api/organization-roles` and `/api/organization-scopes`."""

from typing import Any

import pytest
from django.test import Client

from access.management import management_api_indicator
from access.models import Resource, Scope
from tenants.models import Tenant

JSON = "application/json"


def send(api: Client, method: str, url: str, **body: Any) -> Any:
    return getattr(api, method)(url, body, content_type=JSON)


def made(api: Client, url: str, **body: Any) -> dict[str, Any]:
    response = send(api, "post", url, **body)
    assert response.status_code == 201, response.content
    result: dict[str, Any] = response.json()
    return result


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture
def api_scope(tenant: Tenant) -> Scope:
    resource = Resource.objects.create(name="Billing", indicator="https://billing.example")
    return Scope.objects.create(resource=resource, name="read:invoices", description="Read")


def test_scopes(api: Client) -> None:
    scope = made(api, "/api/organization-scopes", name="read:documents", description="Read")
    assert scope == {"tenantId": "default", "id": scope["id"], "name": "read:documents", "description": "Read"}
    assert len(scope["id"]) == 21
    url = f"/api/organization-scopes/{scope['id']}"
    assert api.get(url).json() == scope
    changed = send(api, "patch", url, description=None)
    assert (changed.status_code, changed.json()) == (200, {**scope, "description": None})
    assert refused(send(api, "patch", url)) == (422, "entity.invalid_input")
    other = made(api, "/api/organization-scopes", name="create:documents")
    taken = (422, "entity.unique_integrity_violation")
    assert refused(send(api, "post", "/api/organization-scopes", name="read:documents")) == taken
    assert refused(send(api, "patch", url, name="create:documents")) == taken
    listed = api.get("/api/organization-scopes")
    assert [row["id"] for row in listed.json()] == [scope["id"], other["id"]]
    assert "Total-Number" not in listed.headers
    assert api.get("/api/organization-scopes", {"page": 1, "page_size": 1}).headers["Total-Number"] == "2"
    assert [row["id"] for row in api.get("/api/organization-scopes", {"q": "CREATE"}).json()] == [other["id"]]
    assert api.delete(url).status_code == 204
    assert refused(api.get(url)) == (404, "entity.not_exists_with_id")
    assert refused(send(api, "patch", url, name="x")) == (404, "entity.not_exists")
    assert refused(api.delete(url)) == (404, "entity.not_found")


def test_a_role_with_what_it_grants(api: Client, api_scope: Scope, django_assert_max_num_queries: Any) -> None:
    scope = made(api, "/api/organization-scopes", name="read:documents")
    role = made(
        api,
        "/api/organization-roles",
        name="Admin",
        description="May do all",
        organizationScopeIds=[scope["id"]],
        resourceScopeIds=[api_scope.id],
    )
    assert role == {
        "tenantId": "default",
        "id": role["id"],
        "name": "Admin",
        "description": "May do all",
        "type": "User",
    }
    assert api.get(f"/api/organization-roles/{role['id']}").json() == role
    listed = api.get("/api/organization-roles")
    resource = {"id": api_scope.resource_id, "name": "Billing"}
    assert listed.json() == [
        {
            **role,
            "scopes": [{"id": scope["id"], "name": "read:documents"}],
            "resourceScopes": [{"id": api_scope.id, "name": "read:invoices", "resource": resource}],
        }
    ]
    assert listed.headers["Total-Number"] == "1"
    for number in range(5):
        made(api, "/api/organization-roles", name=f"Role {number}", organizationScopeIds=[scope["id"]])
    api.get("/api/organization-roles")
    with django_assert_max_num_queries(6):
        api.get("/api/organization-roles")
    assert [row["name"] for row in api.get("/api/organization-roles", {"q": "ALL"}).json()] == ["Admin"]


def test_changing_and_deleting_a_role(api: Client) -> None:
    role = made(api, "/api/organization-roles", name="Admin", type="MachineToMachine")
    made(api, "/api/organization-roles", name="Other")
    url = f"/api/organization-roles/{role['id']}"
    changed = send(api, "patch", url, name="Boss", type="User")
    assert (changed.status_code, changed.json()) == (200, {**role, "name": "Boss", "type": "User"})
    assert refused(send(api, "patch", url, name="Other")) == (422, "entity.unique_integrity_violation")
    assert refused(send(api, "patch", url)) == (422, "entity.invalid_input")
    assert refused(send(api, "patch", url, type="Robot")) == (400, "guard.invalid_input")
    assert refused(send(api, "post", "/api/organization-roles", name="Boss")) == (
        422,
        "entity.unique_integrity_violation",
    )
    assert api.delete(url).status_code == 204
    assert refused(api.get(url)) == (404, "entity.not_exists_with_id")
    assert refused(send(api, "patch", url, name="x")) == (404, "entity.not_exists")
    assert refused(api.delete(url)) == (404, "entity.not_found")


def test_organization_permissions_of_a_role(api: Client) -> None:
    read, write = (made(api, "/api/organization-scopes", name=name) for name in ("read", "write"))
    role = made(api, "/api/organization-roles", name="Admin")
    url = f"/api/organization-roles/{role['id']}/scopes"
    for _ in range(2):
        response = send(api, "post", url, organizationScopeIds=[read["id"]])
        assert (response.status_code, response.content) == (201, b"Created")
    assert api.get(url).json() == [read]
    assert send(api, "put", url, organizationScopeIds=[write["id"]]).status_code == 204
    assert api.get(url, {"page": 1}).json() == [write]
    assert api.delete(f"{url}/{write['id']}").status_code == 204
    assert refused(api.delete(f"{url}/{write['id']}")) == (404, "entity.not_found")
    unknown = (422, "entity.relation_foreign_key_not_found")
    none = "/api/organization-roles/none/scopes"
    for method in ("post", "put"):
        assert refused(send(api, method, url, organizationScopeIds=["unknown"])) == unknown
        assert refused(send(api, method, none, organizationScopeIds=[read["id"]])) == unknown
    assert refused(send(api, "post", url, organizationScopeIds=[])) == (400, "guard.invalid_input")
    assert refused(api.get(none)) == (404, "entity.not_exists_with_id")
    assert refused(api.delete(f"{none}/{read['id']}")) == (404, "entity.not_found")


def test_api_permissions_of_a_role(api: Client, api_scope: Scope) -> None:
    role = made(api, "/api/organization-roles", name="Admin")
    url = f"/api/organization-roles/{role['id']}/resource-scopes"
    assert send(api, "post", url, scopeIds=[api_scope.id]).content == b"Created"
    row = api.get(url).json()[0]
    assert row == {
        "tenantId": "default",
        "id": api_scope.id,
        "resourceId": api_scope.resource_id,
        "name": "read:invoices",
        "description": "Read",
        "createdAt": row["createdAt"],
    }
    assert send(api, "put", url, scopeIds=[]).status_code == 204
    assert refused(api.delete(f"{url}/{api_scope.id}")) == (404, "entity.not_found")
    everything = Scope.objects.get(resource__indicator=management_api_indicator("default"), name="all")
    for method in ("post", "put"):
        response = send(api, method, url, scopeIds=["unknown"])
        assert refused(response) == (422, "entity.relation_foreign_key_not_found")
        response = send(api, method, url, scopeIds=[everything.id])
        assert refused(response) == (400, "role.management_api_scopes_not_assignable_to_user_role")


def test_mallory_sees_another_template(api: Client, acme_api: Client) -> None:
    role = made(api, "/api/organization-roles", name="Admin")
    scope = made(api, "/api/organization-scopes", name="read")
    assert acme_api.get("/api/organization-roles").json() == []
    assert acme_api.get("/api/organization-scopes").json() == []
    made(acme_api, "/api/organization-roles", name="Admin")
    for url in (f"/api/organization-roles/{role['id']}", f"/api/organization-scopes/{scope['id']}"):
        assert acme_api.get(url).status_code == 404
        assert send(acme_api, "patch", url, name="x").status_code == 404
        assert acme_api.delete(url).status_code == 404
