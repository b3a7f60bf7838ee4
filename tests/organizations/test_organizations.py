"""Organizations come into being, change and end."""

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from events.history import Event, Subject
from identity.models import User
from organizations import selectors
from organizations.models import (
    JitEmailDomain,
    JitRole,
    MemberRole,
    Organization,
    OrganizationMember,
    OrganizationRole,
)
from organizations.services import jit, members
from organizations.services.organizations import create_organization, delete_organization, update_organization
from tenants.context import enter_tenant
from tenants.models import Tenant


def test_a_new_organization_has_a_short_id_and_no_members(tenant: Tenant, recorded: list[Event]) -> None:
    organization = create_organization(
        name="Corp", description="Makes things", custom_data={"plan": "pro"}, actor=SYSTEM
    )
    assert len(organization.id) == 12
    assert organization.created_at is not None
    assert selectors.get_organization(organization.id).custom_data == {"plan": "pro"}
    assert [(event.name, event.subject) for event in recorded] == [("Organization.Created", Subject.of(organization))]


def test_values_are_replaced_as_a_whole(corporation: Organization) -> None:
    update_organization(corporation, custom_data={"a": 1}, actor=SYSTEM)
    update_organization(corporation, custom_data={"b": 2}, description=None, actor=SYSTEM)
    assert selectors.get_organization(corporation.id).custom_data == {"b": 2}


def test_an_update_of_nothing_is_refused(corporation: Organization) -> None:
    with pytest.raises(AppError) as failure:
        update_organization(corporation, actor=SYSTEM)
    assert (failure.value.code, failure.value.status) == ("entity.invalid_input", 422)


def test_deletion_takes_everything_of_the_organization(
    corporation: Organization, alice: User, member_role: OrganizationRole, recorded: list[Event]
) -> None:
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    members.assign_member_roles(corporation, user_id=alice.id, role_ids=[member_role.id], actor=SYSTEM)
    jit.add_email_domain(corporation, email_domain="corp.example", actor=SYSTEM)
    jit.add_jit_roles(corporation, role_ids=[member_role.id], actor=SYSTEM)
    organization_id = corporation.id
    delete_organization(corporation, actor=SYSTEM)
    assert (recorded[-1].name, recorded[-1].subject and recorded[-1].subject.id) == (
        "Organization.Deleted",
        organization_id,
    )
    for model in (Organization, OrganizationMember, MemberRole, JitEmailDomain, JitRole):
        assert not model.objects.exists()
    assert User.objects.filter(id=alice.id).exists()


def test_a_second_deletion_finds_nothing(corporation: Organization) -> None:
    again = selectors.get_organization(corporation.id)
    delete_organization(corporation, actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        delete_organization(again, actor=SYSTEM)
    assert (failure.value.code, failure.value.status) == ("entity.not_found", 404)


def test_another_tenants_organization_does_not_exist(tenants: dict[str, Tenant], corporation: Organization) -> None:
    with enter_tenant("acme"), pytest.raises(AppError) as failure:
        selectors.get_organization(corporation.id)
    assert (failure.value.code, failure.value.status) == ("entity.not_exists_with_id", 404)


def test_search_is_by_part_of_name_or_id(corporation: Organization) -> None:
    other = create_organization(name="100% Other_", actor=SYSTEM)
    assert list(selectors.list_organizations(q="CORPO")) == [corporation]
    assert list(selectors.list_organizations(q=other.id[2:9])) == [other]
    assert list(selectors.list_organizations(q="0%")) == [other]
    assert list(selectors.list_organizations(q="_")) == [other]
    assert list(selectors.list_organizations(q="nothing")) == []


def test_overviews_count_all_and_show_three(corporation: Organization, alice: User, bob: User) -> None:
    empty = create_organization(name="Empty", actor=SYSTEM)
    others = [User.objects.create(username=f"u{number}", username_key=f"u{number}") for number in range(3)]
    everybody = [alice, bob, *others]
    members.add_members(corporation, user_ids=[user.id for user in everybody], actor=SYSTEM)
    overviews = selectors.organization_overviews([corporation.id, empty.id])
    assert overviews[corporation.id].users_count == 5
    assert len(overviews[corporation.id].featured_users) == 3
    assert {user.id for user in overviews[corporation.id].featured_users} <= {user.id for user in everybody}
    assert overviews[empty.id] == (0, [])
