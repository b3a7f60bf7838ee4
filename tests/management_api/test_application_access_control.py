"""`/api/applications/…/access-control`: whom an application admits, and the switch on the application."""

from typing import Any

import pytest
from django.test import Client

from access.models import Role
from applications.models import Application, ApplicationAccessUser
from common.actors import SYSTEM
from events.models import AuditLog
from identity.models import User
from identity.services.users import delete_user
from organizations.models import Organization, OrganizationRole
from tenants.context import enter_tenant

pytestmark = pytest.mark.django_db

JSON = "application/json"
ABSENT = "x" * 21
NOBODY: dict[str, list[Any]] = {"userIds": [], "userRoleIds": [], "organizationIds": [], "organizationRoleRules": []}


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture
def address(spa: Application) -> str:
    return f"/api/applications/{spa.id}/access-control"


@pytest.fixture
def staff(api: Client) -> Role:
    return Role.objects.create(name="Staff", description="Staff")


@pytest.fixture
def wayne(api: Client) -> Organization:
    return Organization.objects.create(name="Wayne")


@pytest.fixture
def manager(api: Client) -> OrganizationRole:
    return OrganizationRole.objects.create(name="Manager")


def test_nobody_is_named_at_first(api: Client, address: str) -> None:
    assert api.get(address).json() == NOBODY


def test_rules_are_replaced_whole(
    api: Client,
    address: str,
    spa: Application,
    backend: Application,
    alice: User,
    staff: Role,
    wayne: Organization,
    manager: OrganizationRole,
) -> None:
    rules = {
        "userIds": [alice.id],
        "userRoleIds": [staff.id],
        "organizationIds": [wayne.id],
        "organizationRoleRules": [{"organizationId": wayne.id, "organizationRoleIds": [manager.id]}],
    }
    response = api.put(address, rules, content_type=JSON)
    assert (response.status_code, response.json()) == (200, rules)
    assert api.get(address).json() == rules
    entry = AuditLog.objects.get(key="ApplicationAccessControl.Updated")
    assert entry.application_id == spa.id
    assert entry.payload["actor"] == {"kind": "application", "id": backend.id}
    assert entry.payload["userRoleIds"] == [staff.id]
    assert api.put(address, NOBODY, content_type=JSON).json() == NOBODY
    assert api.get(address).json() == NOBODY


def test_repetitions_are_one_rule(
    api: Client, address: str, alice: User, staff: Role, wayne: Organization, manager: OrganizationRole
) -> None:
    pair = {"organizationId": wayne.id, "organizationRoleIds": [manager.id]}
    rules = {
        "userIds": [alice.id] * 2,
        "userRoleIds": [staff.id] * 2,
        "organizationIds": [wayne.id] * 2,
        "organizationRoleRules": [pair, pair, {"organizationId": wayne.id, "organizationRoleIds": []}],
    }
    assert api.put(address, rules, content_type=JSON).json() == {
        "userIds": [alice.id],
        "userRoleIds": [staff.id],
        "organizationIds": [wayne.id],
        "organizationRoleRules": [pair],
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"userIds": [ABSENT]},
        {"userRoleIds": [ABSENT]},
        {"organizationIds": [ABSENT]},
        {"organizationRoleRules": [{"organizationId": ABSENT, "organizationRoleIds": []}]},
    ],
)
def test_unknown_ids(api: Client, address: str, alice: User, changes: dict[str, Any]) -> None:
    api.put(address, {**NOBODY, "userIds": [alice.id]}, content_type=JSON)
    response = api.put(address, {**NOBODY, **changes}, content_type=JSON)
    assert error(response) == (404, "entity.relation_foreign_key_not_found")
    assert api.get(address).json() == {**NOBODY, "userIds": [alice.id]}, "a refused change changes nothing"


def test_another_tenants_ids(api: Client, acme_api: Client, address: str, mallory: User) -> None:
    with enter_tenant("acme"):
        foreign = {
            "userIds": mallory.id,
            "userRoleIds": Role.objects.create(name="Theirs", description="Theirs").id,
            "organizationIds": Organization.objects.create(name="Theirs").id,
        }
        role = OrganizationRole.objects.create(name="Theirs")
    for name, id in foreign.items():
        response = api.put(address, {**NOBODY, name: [id]}, content_type=JSON)
        assert error(response) == (404, "entity.relation_foreign_key_not_found")
    ours = Organization.objects.create(name="Ours")
    pair = {"organizationId": ours.id, "organizationRoleIds": [role.id]}
    response = api.put(address, {**NOBODY, "organizationRoleRules": [pair]}, content_type=JSON)
    assert error(response) == (404, "entity.relation_foreign_key_not_found")
    for method in (acme_api.get, acme_api.put):
        assert error(method(address, NOBODY, content_type=JSON))[0] == 404


def test_roles_of_machines_admit_nobody(api: Client, address: str, wayne: Organization) -> None:
    machine = Role.objects.create(name="Machine", description="Machine", type="MachineToMachine")
    robot = OrganizationRole.objects.create(name="Robot", type="MachineToMachine")
    pair = {"organizationId": wayne.id, "organizationRoleIds": [robot.id]}
    for changes in ({"userRoleIds": [machine.id]}, {"organizationRoleRules": [pair]}):
        response = api.put(address, {**NOBODY, **changes}, content_type=JSON)
        assert error(response) == (422, "entity.db_constraint_violated")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**NOBODY, "userIds": None},
        {**NOBODY, "userIds": "alice"},
        {**NOBODY, "userIds": [1]},
        {**NOBODY, "userIds": ["\x00"]},
        {**NOBODY, "organizationRoleRules": [{"organizationId": "any"}]},
        {**NOBODY, "organizationRoleRules": {}},
        {name: [] for name in NOBODY if name != "organizationIds"},
    ],
)
def test_malformed_rules(api: Client, address: str, body: dict[str, Any]) -> None:
    assert error(api.put(address, body, content_type=JSON)) == (400, "guard.invalid_input")


def test_an_unknown_application(api: Client) -> None:
    address = f"/api/applications/{ABSENT}/access-control"
    assert error(api.get(address)) == (404, "entity.not_exists_with_id")
    assert error(api.put(address, NOBODY, content_type=JSON)) == (404, "entity.not_exists_with_id")


def test_rules_go_with_whom_they_name(
    api: Client, address: str, alice: User, staff: Role, wayne: Organization, manager: OrganizationRole
) -> None:
    rules = {
        "userIds": [alice.id],
        "userRoleIds": [staff.id],
        "organizationIds": [wayne.id],
        "organizationRoleRules": [{"organizationId": wayne.id, "organizationRoleIds": [manager.id]}],
    }
    api.put(address, rules, content_type=JSON)
    delete_user(alice, actor=SYSTEM)
    for row in (staff, wayne, manager):
        row.delete()
    assert api.get(address).json() == NOBODY
    assert not ApplicationAccessUser.objects.exists()


def test_the_switch(api: Client, spa: Application) -> None:
    address = f"/api/applications/{spa.id}"
    assert api.get(address).json()["appLevelAccessControlEnabled"] is False
    for value in (True, False):
        changed = api.patch(address, {"appLevelAccessControlEnabled": value}, content_type=JSON).json()
        assert changed["appLevelAccessControlEnabled"] is value
    assert error(api.patch(address, {"appLevelAccessControlEnabled": "yes"}, content_type=JSON)) == (
        400,
        "guard.invalid_input",
    )
