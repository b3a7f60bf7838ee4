"""`/api/roles`."""

from typing import Any

import pytest
from django.test import Client

from access.models import Resource, Scope
from access.services.resources import create_resource
from access.services.scopes import create_scope
from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user

pytestmark = pytest.mark.django_db

JSON = "application/json"


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def create(api: Client, **values: Any) -> dict[str, Any]:
    response = api.post("/api/roles", {"name": "Reader", "description": "Reads.", **values}, content_type=JSON)
    assert response.status_code == 200, response.content
    return response.json()


@pytest.fixture
def orders(api: Client) -> Resource:
    return create_resource(name="Orders", indicator="https://orders.example.com", actor=SYSTEM)


@pytest.fixture
def read(orders: Resource) -> Scope:
    return create_scope(orders, name="read", actor=SYSTEM)


@pytest.fixture
def reader(api: Client) -> dict[str, Any]:
    return create(api)


@pytest.fixture
def worker(api: Client) -> dict[str, Any]:
    return create(api, name="Worker", type="MachineToMachine")


def test_a_role_as_it_stands_on_the_wire(api: Client, reader: dict[str, Any]) -> None:
    assert reader == {
        "tenantId": "default",
        "id": reader["id"],
        "name": "Reader",
        "description": "Reads.",
        "type": "User",
        "isDefault": False,
    }
    assert api.get(f"/api/roles/{reader['id']}").json() == reader


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"description": ""}, (400, "guard.invalid_input")),
        ({"name": "x" * 129}, (400, "guard.invalid_input")),
        ({"type": "Robot"}, (400, "guard.invalid_input")),
        ({"name": "Reader"}, (422, "role.name_in_use")),
        ({"name": "#internal:x"}, (403, "role.internal_role_violation")),
        ({"name": "Other", "scopeIds": ["unknown"]}, (404, "entity.not_exists_with_id")),
    ],
)
def test_what_cannot_be_created(
    api: Client, reader: dict[str, Any], values: dict[str, Any], expected: tuple[int, str]
) -> None:
    body = {"name": "New", "description": "x", **values}
    assert error(api.post("/api/roles", body, content_type=JSON)) == expected


def test_changes(api: Client, reader: dict[str, Any], worker: dict[str, Any]) -> None:
    address = f"/api/roles/{reader['id']}"
    changed = api.patch(address, {"isDefault": True, "type": "MachineToMachine"}, content_type=JSON).json()
    assert changed == {**reader, "isDefault": True}
    assert error(api.patch(address, {"name": "Worker"}, content_type=JSON)) == (422, "role.name_in_use")
    assert error(api.patch(address, {}, content_type=JSON)) == (422, "entity.invalid_input")
    assert api.delete(address).status_code == 204
    assert error(api.get(address)) == (404, "entity.not_exists_with_id")


def test_new_users_get_default_roles(api: Client) -> None:
    default = create(api, isDefault=True)
    user = api.post("/api/users", {"username": "dave"}, content_type=JSON).json()
    assert [role["id"] for role in api.get(f"/api/users/{user['id']}/roles").json()] == [default["id"]]


def test_permissions_of_a_role(api: Client, reader: dict[str, Any], read: Scope) -> None:
    address = f"/api/roles/{reader['id']}/scopes"
    granted = api.post(address, {"scopeIds": [read.id]}, content_type=JSON)
    assert (granted.status_code, [scope["name"] for scope in granted.json()]) == (201, ["read"])
    assert error(api.post(address, {"scopeIds": [read.id]}, content_type=JSON)) == (422, "role.scope_exists")
    assert error(api.post(address, {"scopeIds": []}, content_type=JSON)) == (400, "guard.invalid_input")
    assert error(api.post(address, {"scopeIds": ["x"]}, content_type=JSON)) == (404, "entity.not_exists_with_id")
    everything = Scope.objects.get(name="all")
    assert error(api.post(address, {"scopeIds": [everything.id]}, content_type=JSON)) == (
        400,
        "role.management_api_scopes_not_assignable_to_user_role",
    )
    rows = api.get(address).json()
    assert [(row["name"], row["resource"]["indicator"]) for row in rows] == [("read", "https://orders.example.com")]
    assert api.delete(f"{address}/{read.id}").status_code == 204
    assert error(api.delete(f"{address}/{read.id}")) == (404, "entity.not_found")


def test_users_of_a_role(api: Client, reader: dict[str, Any], worker: dict[str, Any], alice: User, bob: User) -> None:
    address = f"/api/roles/{reader['id']}/users"
    given = api.post(address, {"userIds": [alice.id]}, content_type=JSON)
    assert (given.status_code, given.content) == (201, b"Created")
    assert error(api.post(address, {"userIds": [bob.id, alice.id]}, content_type=JSON)) == (422, "role.user_exists")
    assert [user["username"] for user in api.get(address).json()] == ["alice"]
    assert error(api.post(address, {"userIds": ["nobody"]}, content_type=JSON)) == (404, "entity.not_found")
    assert error(api.post(f"/api/roles/{worker['id']}/users", {"userIds": [bob.id]}, content_type=JSON)) == (
        422,
        "user.invalid_role_type",
    )
    assert api.get(f"{address}?search=%25nobody%25").json() == []
    assert api.delete(f"{address}/{alice.id}").status_code == 204
    assert error(api.delete(f"{address}/{alice.id}")) == (404, "entity.not_found")


def test_applications_of_a_role(
    api: Client, reader: dict[str, Any], worker: dict[str, Any], backend: Application
) -> None:
    address = f"/api/roles/{worker['id']}/applications"
    web = create_application(name="Web", type="SPA", actor=SYSTEM)
    given = api.post(address, {"applicationIds": [backend.id]}, content_type=JSON)
    assert (given.status_code, given.content) == (201, b"Created")
    assert error(api.post(address, {"applicationIds": [backend.id]}, content_type=JSON)) == (
        422,
        "role.application_exists",
    )
    assert error(api.post(address, {"applicationIds": [web.id]}, content_type=JSON)) == (
        422,
        "application.invalid_type",
    )
    people = f"/api/roles/{reader['id']}/applications"
    assert error(api.post(people, {"applicationIds": [backend.id]}, content_type=JSON)) == (
        422,
        "application.invalid_role_type",
    )
    assert [row["id"] for row in api.get(address).json()] == [backend.id]
    assert api.delete(f"{address}/{backend.id}").status_code == 204
    assert error(api.delete(f"{address}/{backend.id}")) == (404, "entity.not_found")


def test_the_list_tells_who_holds_a_role(
    api: Client, reader: dict[str, Any], worker: dict[str, Any], backend: Application, django_assert_num_queries: Any
) -> None:
    people = [create_user(username=f"user{number}", name=f"U{number}", actor=SYSTEM).id for number in range(4)]
    api.post(f"/api/roles/{reader['id']}/users", {"userIds": people}, content_type=JSON)
    api.post(f"/api/roles/{worker['id']}/applications", {"applicationIds": [backend.id]}, content_type=JSON)
    api.get("/api/roles")
    # The tenant, the count, the page, the users, the applications.
    with django_assert_num_queries(5):
        response = api.get("/api/roles")
    rows = {row["name"]: row for row in response.json()}
    assert response.headers["Total-Number"] == "3"
    assert rows["Reader"]["usersCount"] == 4
    assert len(rows["Reader"]["featuredUsers"]) == 3
    assert set(rows["Reader"]["featuredUsers"][0]) == {"id", "avatar", "name"}
    assert rows["Worker"]["applicationsCount"] == 1
    assert rows["Worker"]["featuredApplications"] == [{"id": backend.id, "name": "Backend", "type": "MachineToMachine"}]
    assert (rows["Worker"]["usersCount"], rows["Worker"]["featuredUsers"]) == (0, [])


def test_filters_of_the_list(
    api: Client, reader: dict[str, Any], worker: dict[str, Any], backend: Application, alice: User
) -> None:
    api.post(f"/api/roles/{reader['id']}/users", {"userIds": [alice.id]}, content_type=JSON)

    def names(query: str) -> list[str]:
        return [row["name"] for row in api.get(f"/api/roles?{query}").json()]

    assert names("type=User") == ["Reader"]
    assert names(f"type=User&excludeUserId={alice.id}") == []
    assert names(f"type=MachineToMachine&excludeApplicationId={backend.id}") == ["Worker"]
    assert names("search.name=read%25") == ["Reader"]
    assert error(api.get("/api/roles?type=Robot")) == (400, "guard.invalid_input")


def test_another_tenants_rows_are_unknown(
    acme_api: Client, api: Client, reader: dict[str, Any], alice: User, mallory: User, read: Scope
) -> None:
    assert error(acme_api.get(f"/api/roles/{reader['id']}")) == (404, "entity.not_exists_with_id")
    assert error(acme_api.delete(f"/api/roles/{reader['id']}")) == (404, "entity.not_exists_with_id")
    theirs = acme_api.post("/api/roles", {"name": "T", "description": "t"}, content_type=JSON).json()
    relations = [
        ("scopes", {"scopeIds": [read.id]}, "entity.not_exists_with_id"),
        ("users", {"userIds": [alice.id]}, "entity.not_found"),
    ]
    for relation, body, code in relations:
        assert error(acme_api.post(f"/api/roles/{theirs['id']}/{relation}", body, content_type=JSON)) == (404, code)
    assert error(api.post(f"/api/roles/{reader['id']}/users", {"userIds": [mallory.id]}, content_type=JSON)) == (
        404,
        "entity.not_found",
    )
