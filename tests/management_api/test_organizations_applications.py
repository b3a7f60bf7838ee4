"""`/api/organizations/{id}/applications`: machine-to-machine applications and their roles."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from organizations.models import OrganizationRole
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role
from tenants.models import Tenant

JSON = "application/json"


@pytest.fixture
def url(tenant: Tenant) -> str:
    return f"/api/organizations/{create_organization(name='Corp', actor=SYSTEM).id}/applications"


@pytest.fixture
def robot(tenant: Tenant) -> Application:
    return create_application(name="Robot", description="Sorts", type="MachineToMachine", actor=SYSTEM)


@pytest.fixture
def machine(tenant: Tenant) -> OrganizationRole:
    return create_organization_role(name="Machine", type="MachineToMachine", actor=SYSTEM)


def send(api: Client, method: str, url: str, **body: Any) -> Any:
    return getattr(api, method)(url, body, content_type=JSON)


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_a_place_in_an_organization(api: Client, url: str, robot: Application, machine: OrganizationRole) -> None:
    for _ in range(2):
        response = send(api, "post", url, applicationIds=[robot.id])
        assert (response.status_code, response.content) == (201, b"Created")
    roles = f"{url}/{robot.id}/roles"
    assert send(api, "post", roles, organizationRoleIds=[machine.id]).content == b"Created"
    response = api.get(url)
    assert response.headers["Total-Number"] == "1"
    assert response.json()[0]["id"] == robot.id
    assert response.json()[0]["organizationRoles"] == [{"id": machine.id, "name": "Machine"}]
    assert [row["id"] for row in api.get(url, {"q": "SORTS"}).json()] == [robot.id]
    assert api.get(url, {"q": "nothing"}).json() == []
    assert [role["name"] for role in api.get(roles).json()] == ["Machine"]
    assert api.delete(f"{roles}/{machine.id}").status_code == 204
    assert refused(api.delete(f"{roles}/{machine.id}")) == (404, "entity.not_found")
    assert send(api, "put", roles, organizationRoleIds=[machine.id]).status_code == 204
    assert api.delete(f"{url}/{robot.id}").status_code == 204
    assert refused(api.delete(f"{url}/{robot.id}")) == (404, "entity.not_found")
    send(api, "post", url, applicationIds=[robot.id])
    assert api.get(roles).json() == []


def test_replacing_and_bulk_roles(api: Client, url: str, robot: Application, machine: OrganizationRole) -> None:
    assert send(api, "put", url, applicationIds=[robot.id]).status_code == 204
    body = {"applicationIds": [robot.id], "organizationRoleIds": [machine.id]}
    assert send(api, "post", f"{url}/roles", **body).content == b"Created"
    assert api.get(url).json()[0]["organizationRoles"] == [{"id": machine.id, "name": "Machine"}]
    assert send(api, "put", url, applicationIds=[]).status_code == 204
    assert refused(send(api, "post", f"{url}/roles", **body)) == (422, "entity.relation_foreign_key_not_found")


def test_what_is_refused(api: Client, url: str, robot: Application, machine: OrganizationRole) -> None:
    page = create_application(name="Page", type="SPA", actor=SYSTEM)
    person = create_organization_role(name="Person", actor=SYSTEM)
    unknown = (422, "entity.relation_foreign_key_not_found")
    assert refused(send(api, "post", url, applicationIds=[page.id])) == (422, "entity.db_constraint_violated")
    assert refused(send(api, "post", url, applicationIds=["unknown"])) == unknown
    assert refused(send(api, "post", url, applicationIds=[])) == (400, "guard.invalid_input")
    none = "/api/organizations/none/applications"
    assert refused(send(api, "post", none, applicationIds=[robot.id])) == unknown
    assert refused(api.get(none)) == (404, "entity.not_exists_with_id")
    for base in (f"{url}/{robot.id}/roles", f"{none}/{robot.id}/roles"):
        for response in (
            api.get(base),
            send(api, "post", base, organizationRoleIds=[machine.id]),
            send(api, "put", base, organizationRoleIds=[machine.id]),
            api.delete(f"{base}/{machine.id}"),
        ):
            assert refused(response) == (422, "organization.require_membership")
    send(api, "post", url, applicationIds=[robot.id])
    roles = f"{url}/{robot.id}/roles"
    assert refused(send(api, "post", roles, organizationRoleIds=[person.id])) == (422, "entity.db_constraint_violated")
    assert refused(send(api, "post", roles, organizationRoleIds=["unknown"])) == unknown
    assert refused(send(api, "put", roles, organizationRoleIds=[])) == (400, "guard.invalid_input")
