"""Global roles are given to users and taken back."""

import pytest

from access.models import Role
from common.actors import SYSTEM
from identity.models import User
from identity.role_holders import list_user_roles
from identity.services.roles import assign_user_roles, remove_user_role, replace_user_roles
from tenants.context import enter_tenant
from tests.racing import outcome

pytestmark = pytest.mark.django_db


def role_names(user: User) -> list[str]:
    return sorted(role.name for role in list_user_roles(user))


@pytest.fixture
def editor(viewer: Role) -> Role:
    return Role.objects.create(name="editor", description="")


def test_only_new_roles_are_reported(alice: User, viewer: Role, editor: Role) -> None:
    assert assign_user_roles(alice, role_ids=[viewer.id, viewer.id], actor=SYSTEM) == [viewer.id]
    assert assign_user_roles(alice, role_ids=[viewer.id, editor.id], actor=SYSTEM) == [editor.id]
    assert role_names(alice) == ["editor", "viewer"]


def test_replacing_takes_the_others_away(alice: User, viewer: Role, editor: Role) -> None:
    assign_user_roles(alice, role_ids=[viewer.id], actor=SYSTEM)
    assert replace_user_roles(alice, role_ids=[editor.id], actor=SYSTEM) == [editor.id]
    assert role_names(alice) == ["editor"]
    assert replace_user_roles(alice, role_ids=[], actor=SYSTEM) == []
    assert role_names(alice) == []


def test_a_bad_role_gives_none(alice: User, viewer: Role) -> None:
    machine = Role.objects.create(name="machine", description="", type="MachineToMachine")
    with enter_tenant("acme"):
        theirs = Role.objects.create(name="theirs", description="")
    for bad, code in (
        (machine.id, "user.invalid_role_type"),
        (theirs.id, "entity.not_exists_with_id"),
        ("nothing", "entity.not_exists_with_id"),
        ("\x00", "entity.not_exists_with_id"),
    ):
        for service in (assign_user_roles, replace_user_roles):
            call = lambda: service(alice, role_ids=[viewer.id, bad], actor=SYSTEM)  # noqa: B023, E731
            assert outcome(call) == code
    assert role_names(alice) == []


def test_only_a_role_held_can_be_removed(alice: User, viewer: Role) -> None:
    assign_user_roles(alice, role_ids=[viewer.id], actor=SYSTEM)
    remove_user_role(alice, role_id=viewer.id, actor=SYSTEM)
    assert role_names(alice) == []
    assert outcome(lambda: remove_user_role(alice, role_id=viewer.id, actor=SYSTEM)) == "entity.not_found"
    assert outcome(lambda: remove_user_role(alice, role_id="\x00", actor=SYSTEM)) == "entity.not_found"


def test_another_tenants_user_gets_no_role(viewer: Role, mallory: User) -> None:
    assert outcome(lambda: assign_user_roles(mallory, role_ids=[viewer.id], actor=SYSTEM)) == "entity.not_found"
