"""Global roles and what they grant."""

import pytest

from access.models import Resource, Role, RoleScope, Scope
from access.selectors import get_role, list_role_scopes, list_roles
from access.services.resources import create_resource
from access.services.roles import add_role_scopes, create_role, delete_role, remove_role_scope, update_role
from access.services.scopes import create_scope
from common.actors import SYSTEM
from common.errors import AppError
from events.history import Event
from tenants.context import enter_tenant
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders(tenant: Tenant) -> Resource:
    return create_resource(name="Orders", indicator="https://orders.example.com", actor=SYSTEM)


@pytest.fixture
def read(orders: Resource) -> Scope:
    return create_scope(orders, name="read", actor=SYSTEM)


@pytest.fixture
def reader(read: Scope) -> Role:
    return create_role(name="Reader", description="Reads.", scope_ids=[read.id], actor=SYSTEM)


def test_a_role_grants_permissions(reader: Role, read: Scope) -> None:
    assert [scope.id for scope in list_role_scopes(reader)] == [read.id]
    remove_role_scope(reader, scope_id=read.id, actor=SYSTEM)
    assert not list_role_scopes(reader)


def test_events_tell_of_roles(read: Scope, recorded: list[Event]) -> None:
    role = create_role(name="Reader", description="Reads.", scope_ids=[read.id], actor=SYSTEM)
    update_role(role, name="Readers", actor=SYSTEM)
    delete_role(role, actor=SYSTEM)
    assert [event.name for event in recorded] == [
        "Role.Created",
        "Role.Scopes.Updated",
        "Role.Data.Updated",
        "Role.Deleted",
    ]


def test_a_name_is_taken_once(reader: Role) -> None:
    with pytest.raises(AppError) as failure:
        create_role(name="Reader", description="Again.", actor=SYSTEM)
    assert failure.value.code == "role.name_in_use"
    other = create_role(name="Other", description="Other.", actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        update_role(other, name="Reader", actor=SYSTEM)
    assert failure.value.code == "role.name_in_use"
    assert get_role(other.id).name == "Other"


def test_a_permission_is_granted_once_and_all_or_none(reader: Role, orders: Resource, read: Scope) -> None:
    write = create_scope(orders, name="write", actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        add_role_scopes(reader, scope_ids=[write.id, read.id], actor=SYSTEM)
    assert failure.value.code == "role.scope_exists"
    assert RoleScope.objects.filter(role=reader).count() == 1


def test_another_tenants_permission_is_unknown(reader: Role, tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        theirs = Scope.objects.get(name="all")
    with pytest.raises(AppError) as failure:
        add_role_scopes(reader, scope_ids=[theirs.id], actor=SYSTEM)
    assert failure.value.code == "entity.not_exists_with_id"


def test_people_do_not_get_the_management_api(reader: Role) -> None:
    everything = Scope.objects.get(name="all")
    for attempt in (
        lambda: add_role_scopes(reader, scope_ids=[everything.id], actor=SYSTEM),
        lambda: create_role(name="x", description="x", scope_ids=[everything.id], actor=SYSTEM),
    ):
        with pytest.raises(AppError) as failure:
            attempt()
        assert failure.value.code == "role.management_api_scopes_not_assignable_to_user_role"
    assert not Role.objects.filter(name="x")
    machine = create_role(name="m", description="m", type="MachineToMachine", scope_ids=[everything.id], actor=SYSTEM)
    assert list_role_scopes(machine).count() == 1


def test_internal_roles_are_hidden_and_kept(tenant: Tenant) -> None:
    internal = Role.objects.get(id="admin-role")
    assert internal.name == "#internal:admin"
    assert internal not in list_roles()
    for attempt in (
        lambda: create_role(name="#internal:mine", description="x", actor=SYSTEM),
        lambda: update_role(internal, name="visible", actor=SYSTEM),
        lambda: delete_role(internal, actor=SYSTEM),
    ):
        with pytest.raises(AppError) as failure:
            attempt()
        assert failure.value.code == "role.internal_role_violation"


def test_nothing_to_change_is_refused(reader: Role) -> None:
    with pytest.raises(AppError) as failure:
        update_role(reader, actor=SYSTEM)
    assert failure.value.code == "entity.invalid_input"
