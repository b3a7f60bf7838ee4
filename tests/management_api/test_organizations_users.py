"""`/api/organizations/{id}/users`: members, their roles and permissions."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from identity.models import User
from identity.selectors import user_info
from organizations.models import MemberRole, Organization, OrganizationRole
from organizations.services.members import add_members, assign_member_roles
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role, create_organization_scope
from tenants.models import Tenant

JSON = "application/json"


@pytest.fixture
def organization(tenant: Tenant) -> Organization:
    return create_organization(name="Corp", actor=SYSTEM)


@pytest.fixture
def admin(tenant: Tenant) -> OrganizationRole:
    scope = create_organization_scope(name="create:documents", actor=SYSTEM)
    return create_organization_role(name="Admin", scope_ids=[scope.id], actor=SYSTEM)


@pytest.fixture
def machine(tenant: Tenant) -> OrganizationRole:
    return create_organization_role(name="Machine", type="MachineToMachine", actor=SYSTEM)


@pytest.fixture
def url(organization: Organization) -> str:
    return f"/api/organizations/{organization.id}/users"


def send(api: Client, method: str, url: str, **body: Any) -> Any:
    return getattr(api, method)(url, body, content_type=JSON)


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_adding_echoes_the_ids(api: Client, url: str, alice: User, bob: User) -> None:
    for _ in range(2):
        response = send(api, "post", url, userIds=[alice.id, bob.id])
        assert (response.status_code, response.json()) == (201, {"userIds": [alice.id, bob.id]})
    assert {row["id"] for row in api.get(url).json()} == {alice.id, bob.id}


@pytest.mark.parametrize("user_ids", [None, [], [""], "alice", [1]])
def test_adding_takes_ids(api: Client, url: str, user_ids: Any) -> None:
    assert refused(send(api, "post", url, userIds=user_ids)) == (400, "guard.invalid_input")


def test_unknown_users_and_organizations(api: Client, url: str, alice: User, mallory: User) -> None:
    unknown = (422, "entity.relation_foreign_key_not_found")
    for method in ("post", "put"):
        assert refused(send(api, method, url, userIds=["nobody"])) == unknown
        assert refused(send(api, method, url, userIds=[alice.id, mallory.id])) == unknown
        assert refused(send(api, method, "/api/organizations/none/users", userIds=[alice.id])) == unknown
    assert refused(api.get("/api/organizations/none/users")) == (404, "entity.not_exists_with_id")
    assert api.get(url).json() == []


def test_the_list_shows_users_with_their_roles(
    api: Client, url: str, organization: Organization, alice: User, bob: User, admin: OrganizationRole
) -> None:
    add_members(organization, user_ids=[alice.id, bob.id], actor=SYSTEM)
    assign_member_roles(organization, user_id=alice.id, role_ids=[admin.id], actor=SYSTEM)
    response = api.get(url)
    rows = {row["id"]: row for row in response.json()}
    assert response.headers["Total-Number"] == "2"
    assert rows[alice.id] == {**user_info(alice), "organizationRoles": [{"id": admin.id, "name": "Admin"}]}
    assert rows[bob.id]["organizationRoles"] == []
    assert [row["id"] for row in api.get(url, {"q": "BOB@example"}).json()] == [bob.id]
    assert [row["id"] for row in api.get(url, {"organizationRoleId": admin.id}).json()] == [alice.id]
    assert [row["id"] for row in api.get(url, {"q": "bob", "organizationRoleId": admin.id}).json()] == []


def test_replacing_and_removing(api: Client, url: str, alice: User, bob: User) -> None:
    send(api, "post", url, userIds=[alice.id])
    response = send(api, "put", url, userIds=[bob.id])
    assert (response.status_code, response.content) == (204, b"")
    assert [row["id"] for row in api.get(url).json()] == [bob.id]
    assert api.delete(f"{url}/{bob.id}").status_code == 204
    assert refused(api.delete(f"{url}/{bob.id}")) == (404, "entity.not_found")
    assert refused(api.delete(f"/api/organizations/none/users/{bob.id}")) == (404, "entity.not_found")
    assert send(api, "put", url, userIds=[]).status_code == 204


def test_the_roles_of_a_member(api: Client, url: str, alice: User, admin: OrganizationRole) -> None:
    send(api, "post", url, userIds=[alice.id])
    roles = f"{url}/{alice.id}/roles"
    response = send(api, "post", roles, organizationRoleIds=[admin.id])
    assert (response.status_code, response.json()) == (201, {"organizationRoleIds": [admin.id]})
    response = send(api, "post", roles, organizationRoleNames=["Admin"])
    assert (response.status_code, response.json()) == (201, {"organizationRoleIds": [admin.id]})
    listed = api.get(roles)
    assert listed.json() == [
        {"tenantId": "default", "id": admin.id, "name": "Admin", "description": None, "type": "User"}
    ]
    assert "Total-Number" not in listed.headers
    assert api.get(roles, {"page": 1}).headers["Total-Number"] == "1"
    scopes = api.get(f"{url}/{alice.id}/scopes").json()
    assert [(scope["name"], scope["tenantId"], scope["description"]) for scope in scopes] == [
        ("create:documents", "default", None)
    ]
    assert send(api, "put", roles, organizationRoleNames=[]).status_code == 204
    assert api.get(roles).json() == []
    assert send(api, "put", roles, organizationRoleNames=["Admin"]).status_code == 204
    assert api.delete(f"{roles}/{admin.id}").status_code == 204
    assert refused(api.delete(f"{roles}/{admin.id}")) == (404, "entity.not_found")


def test_roles_that_cannot_be_given(
    api: Client, url: str, alice: User, admin: OrganizationRole, machine: OrganizationRole
) -> None:
    send(api, "post", url, userIds=[alice.id])
    roles = f"{url}/{alice.id}/roles"
    for method in ("post", "put"):
        response = send(api, method, roles, organizationRoleNames=["Admin", "King"])
        assert refused(response) == (422, "organization.role_names_not_found")
        response = send(api, method, roles, organizationRoleIds=["unknown"])
        assert refused(response) == (422, "entity.relation_foreign_key_not_found")
        response = send(api, method, roles, organizationRoleIds=[machine.id])
        assert refused(response) == (422, "entity.db_constraint_violated")
        assert refused(send(api, method, roles, organizationRoleIds="x")) == (400, "guard.invalid_input")
    assert api.get(roles).json() == []


def test_roles_require_membership(api: Client, url: str, alice: User, admin: OrganizationRole) -> None:
    for base in (f"{url}/{alice.id}", f"/api/organizations/none/users/{alice.id}"):
        for response in (
            api.get(f"{base}/roles"),
            send(api, "post", f"{base}/roles", organizationRoleIds=[admin.id]),
            send(api, "put", f"{base}/roles", organizationRoleIds=[admin.id]),
            api.delete(f"{base}/roles/{admin.id}"),
            api.get(f"{base}/scopes"),
        ):
            assert refused(response) == (422, "organization.require_membership")


def test_roles_in_bulk(api: Client, url: str, alice: User, bob: User, carol: User, admin: OrganizationRole) -> None:
    send(api, "post", url, userIds=[alice.id, bob.id])
    body = {"userIds": [alice.id, bob.id], "organizationRoleIds": [admin.id]}
    for _ in range(2):
        response = send(api, "post", f"{url}/roles", **body)
        assert (response.status_code, response.content) == (201, b"Created")
    assert MemberRole.objects.count() == 2
    response = send(api, "post", f"{url}/roles", **{**body, "userIds": [alice.id, carol.id]})
    assert refused(response) == (422, "entity.relation_foreign_key_not_found")
    assert refused(send(api, "post", f"{url}/roles", **{**body, "organizationRoleIds": []})) == (
        400,
        "guard.invalid_input",
    )


def test_leaving_takes_the_roles_along(api: Client, url: str, alice: User, admin: OrganizationRole) -> None:
    send(api, "post", url, userIds=[alice.id])
    send(api, "post", f"{url}/{alice.id}/roles", organizationRoleIds=[admin.id])
    api.delete(f"{url}/{alice.id}")
    send(api, "post", url, userIds=[alice.id])
    assert api.get(f"{url}/{alice.id}/roles").json() == []
