"""People join organizations, get roles there, and leave."""

import pytest
from django.db import IntegrityError, connection, transaction

from common.actors import SYSTEM
from common.errors import AppError
from events.history import Event
from identity.models import User
from organizations import selectors
from organizations.models import MemberRole, Organization, OrganizationMember, OrganizationRole
from organizations.services import members
from organizations.services.organizations import create_organization, delete_organization
from tests.recorded import changes_in

pytestmark = pytest.mark.django_db


def code_of(failure: pytest.ExceptionInfo[AppError]) -> tuple[str, int]:
    return failure.value.code, failure.value.status


def test_joining_is_told_once_and_names_new_members_only(
    corporation: Organization, alice: User, bob: User, recorded: list[Event]
) -> None:
    assert members.add_members(corporation, user_ids=[alice.id, alice.id], actor=SYSTEM) == [alice.id]
    assert members.add_members(corporation, user_ids=[alice.id, bob.id], actor=SYSTEM) == [bob.id]
    assert members.add_members(corporation, user_ids=[bob.id], actor=SYSTEM) == []
    assert changes_in(recorded, "Organization.Membership.Updated") == [
        (corporation.id, {"userIds": [user.id]}, {}) for user in (alice, bob)
    ]
    assert selectors.is_member(alice.id, corporation.id)


@pytest.mark.parametrize("nonmember", ["nobody000000", "mallory"])
def test_an_unknown_or_foreign_user_cannot_join(
    corporation: Organization, alice: User, mallory: User, nonmember: str
) -> None:
    user_id = mallory.id if nonmember == "mallory" else nonmember
    with pytest.raises(AppError) as failure:
        members.add_members(corporation, user_ids=[alice.id, user_id], actor=SYSTEM)
    assert code_of(failure) == ("entity.relation_foreign_key_not_found", 422)
    assert not OrganizationMember.objects.exists()


def test_nobody_joins_an_organization_that_is_gone(corporation: Organization, alice: User) -> None:
    stale = selectors.get_organization(corporation.id)
    delete_organization(corporation, actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        members.add_members(stale, user_ids=[alice.id], actor=SYSTEM)
    assert code_of(failure) == ("entity.relation_foreign_key_not_found", 422)


def test_leaving_takes_the_roles_along(
    corporation: Organization, alice: User, bob: User, admin_role: OrganizationRole, recorded: list[Event]
) -> None:
    members.add_members(corporation, user_ids=[alice.id, bob.id], actor=SYSTEM)
    members.assign_roles_to_members(corporation, user_ids=[alice.id, bob.id], role_ids=[admin_role.id], actor=SYSTEM)
    members.remove_member(corporation, user_id=alice.id, actor=SYSTEM)
    assert changes_in(recorded, "Organization.Membership.Updated")[-1] == (corporation.id, {}, {"userIds": [alice.id]})
    assert [role.member.user_id for role in MemberRole.objects.all()] == [bob.id]
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    assert selectors.organization_scope_names(alice.id, corporation.id) == []


def test_leaving_twice_finds_nobody(corporation: Organization, alice: User, recorded: list[Event]) -> None:
    with pytest.raises(AppError) as failure:
        members.remove_member(corporation, user_id=alice.id, actor=SYSTEM)
    assert code_of(failure) == ("entity.not_found", 404)
    assert recorded == []


def test_replacing_members_keeps_those_who_stay_with_their_roles(
    corporation: Organization, alice: User, bob: User, admin_role: OrganizationRole, recorded: list[Event]
) -> None:
    carol = User.objects.create(username="carol", username_key="carol")
    members.add_members(corporation, user_ids=[alice.id, bob.id], actor=SYSTEM)
    members.assign_member_roles(corporation, user_id=alice.id, role_ids=[admin_role.id], actor=SYSTEM)
    members.replace_members(corporation, user_ids=[alice.id, carol.id], actor=SYSTEM)
    assert changes_in(recorded, "Organization.Membership.Updated")[-1] == (
        corporation.id,
        {"userIds": [carol.id]},
        {"userIds": [bob.id]},
    )
    assert {member.user_id for member in OrganizationMember.objects.all()} == {alice.id, carol.id}
    assert "create:documents" in selectors.organization_scope_names(alice.id, corporation.id)
    members.replace_members(corporation, user_ids=[], actor=SYSTEM)
    assert not OrganizationMember.objects.exists()


def test_roles_by_id_and_by_name(
    corporation: Organization, alice: User, admin_role: OrganizationRole, member_role: OrganizationRole
) -> None:
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    for _ in range(2):
        named = members.assign_member_roles(
            corporation, user_id=alice.id, role_ids=[admin_role.id], role_names=["Member", "Admin"], actor=SYSTEM
        )
        assert named == [admin_role.id, member_role.id]
    assert MemberRole.objects.count() == 2
    members.replace_member_roles(corporation, user_id=alice.id, role_names=["Member"], actor=SYSTEM)
    assert list(selectors.list_member_roles(selectors.get_member(corporation.id, alice.id))) == [member_role]
    members.remove_member_role(corporation, user_id=alice.id, role_id=member_role.id, actor=SYSTEM)
    assert not MemberRole.objects.exists()
    with pytest.raises(AppError) as failure:
        members.remove_member_role(corporation, user_id=alice.id, role_id=member_role.id, actor=SYSTEM)
    assert code_of(failure) == ("entity.not_found", 404)


def test_unknown_role_names_are_told(corporation: Organization, alice: User, admin_role: OrganizationRole) -> None:
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        members.assign_member_roles(corporation, user_id=alice.id, role_names=["Admin", "King"], actor=SYSTEM)
    assert code_of(failure) == ("organization.role_names_not_found", 422)
    assert failure.value.data == {"names": ["King"]}
    assert not MemberRole.objects.exists()


def test_roles_require_membership(corporation: Organization, alice: User, admin_role: OrganizationRole) -> None:
    for service in (members.assign_member_roles, members.replace_member_roles):
        with pytest.raises(AppError) as failure:
            service(corporation, user_id=alice.id, role_ids=[admin_role.id], actor=SYSTEM)
        assert code_of(failure) == ("organization.require_membership", 422)
    with pytest.raises(AppError) as failure:
        members.remove_member_role(corporation, user_id=alice.id, role_id=admin_role.id, actor=SYSTEM)
    assert code_of(failure) == ("organization.require_membership", 422)
    with pytest.raises(AppError) as failure:
        members.assign_roles_to_members(corporation, user_ids=[alice.id], role_ids=[admin_role.id], actor=SYSTEM)
    assert code_of(failure) == ("entity.relation_foreign_key_not_found", 422)


def test_a_member_holds_no_machine_role(
    corporation: Organization, alice: User, admin_role: OrganizationRole, machine_role: OrganizationRole
) -> None:
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    role_ids = [admin_role.id, machine_role.id]
    with pytest.raises(AppError) as failure:
        members.assign_member_roles(corporation, user_id=alice.id, role_ids=role_ids, actor=SYSTEM)
    assert code_of(failure) == ("entity.db_constraint_violated", 422)
    with pytest.raises(AppError) as failure:
        members.assign_member_roles(corporation, user_id=alice.id, role_ids=["unknown"], actor=SYSTEM)
    assert code_of(failure) == ("entity.relation_foreign_key_not_found", 422)
    assert not MemberRole.objects.exists()


def test_roles_of_one_organization_say_nothing_of_another(
    corporation: Organization, alice: User, admin_role: OrganizationRole, member_role: OrganizationRole
) -> None:
    other = create_organization(name="Other", actor=SYSTEM)
    for organization, role in ((corporation, admin_role), (other, member_role)):
        members.add_members(organization, user_ids=[alice.id], actor=SYSTEM)
        members.assign_member_roles(organization, user_id=alice.id, role_ids=[role.id], actor=SYSTEM)
    assert selectors.organization_scope_names(alice.id, other.id) == ["read:documents"]
    assert selectors.organization_scope_names(alice.id, corporation.id) == ["create:documents", "read:documents"]
    held = MemberRole.objects.values_list("member__organization_id", "role__name")
    assert set(held) == {(corporation.id, "Admin"), (other.id, "Member")}


def test_members_are_found_by_what_is_known_of_them(
    corporation: Organization, alice: User, bob: User, admin_role: OrganizationRole
) -> None:
    members.add_members(corporation, user_ids=[alice.id, bob.id], actor=SYSTEM)
    members.assign_member_roles(corporation, user_id=bob.id, role_ids=[admin_role.id], actor=SYSTEM)

    def found(**filters: str) -> set[str]:
        return {member.user_id for member in selectors.list_members(corporation, **filters)}

    assert found() == {alice.id, bob.id}
    assert found(q="ALICE@exam") == {alice.id}
    assert found(q=bob.id[1:8]) == {bob.id}
    assert found(role_id=admin_role.id) == {bob.id}
    assert found(q="alice", role_id=admin_role.id) == set()
    assert found(q="zzz") == set()


def test_a_deleted_user_is_no_member(corporation: Organization, alice: User) -> None:
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    user_id = alice.id
    alice.delete()
    assert not selectors.is_member(user_id, corporation.id)


def test_the_database_refuses_a_foreign_member(corporation: Organization, mallory: User) -> None:
    """The composite foreign key holds where a service's check is missing."""
    with pytest.raises(IntegrityError, match="in_tenant"), transaction.atomic(), connection.cursor() as cursor:
        OrganizationMember.objects.create(organization=corporation, user_id=mallory.id)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
