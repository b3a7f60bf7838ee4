"""Roles and permissions of the organization template."""

import pytest

from access.management import management_api_indicator
from access.models import Resource, RoleType, Scope
from common.actors import SYSTEM
from common.errors import AppError
from events.history import Event, Subject
from identity.models import User
from organizations import selectors
from organizations.models import MemberRole, Organization, OrganizationRole, OrganizationScope
from organizations.services import jit, members, template
from tenants.context import enter_tenant
from tenants.models import Tenant


def code_of(failure: pytest.ExceptionInfo[AppError]) -> tuple[str, int]:
    return failure.value.code, failure.value.status


def test_names_are_unique(admin_role: OrganizationRole, member_role: OrganizationRole, tenants: object) -> None:
    with pytest.raises(AppError) as failure:
        template.create_organization_role(name="Admin", actor=SYSTEM)
    assert code_of(failure) == ("entity.unique_integrity_violation", 422)
    with pytest.raises(AppError) as failure:
        template.update_organization_role(member_role, name="Admin", actor=SYSTEM)
    assert code_of(failure) == ("entity.unique_integrity_violation", 422)
    with pytest.raises(AppError) as failure:
        template.create_organization_scope(name="read:documents", actor=SYSTEM)
    assert code_of(failure) == ("entity.unique_integrity_violation", 422)
    with enter_tenant("acme"):
        template.create_organization_role(name="Admin", actor=SYSTEM)


def test_an_update_of_nothing_is_refused(admin_role: OrganizationRole, read_documents: OrganizationScope) -> None:
    with pytest.raises(AppError) as failure:
        template.update_organization_role(admin_role, actor=SYSTEM)
    assert code_of(failure) == ("entity.invalid_input", 422)
    with pytest.raises(AppError) as failure:
        template.update_organization_scope(read_documents, actor=SYSTEM)
    assert code_of(failure) == ("entity.invalid_input", 422)


def test_a_role_with_grants_tells_of_both(
    read_documents: OrganizationScope, invoices: Scope, recorded: list[Event]
) -> None:
    role = template.create_organization_role(
        name="Both", scope_ids=[read_documents.id], resource_scope_ids=[invoices.id], actor=SYSTEM
    )
    assert [(event.name, event.subject) for event in recorded] == [
        ("OrganizationRole.Created", Subject.of(role)),
        ("OrganizationRole.Scopes.Updated", Subject.of(role)),
    ]
    assert list(selectors.list_role_scopes(role)) == [read_documents]
    assert list(selectors.list_role_resource_scopes(role)) == [invoices]


def test_unknown_and_foreign_permissions_are_refused(tenants: dict[str, Tenant], admin_role: OrganizationRole) -> None:
    with enter_tenant("acme"):
        foreign = template.create_organization_scope(name="theirs", actor=SYSTEM).id
        resource = Resource.objects.create(name="Theirs", indicator="https://theirs.example")
        foreign_api = Scope.objects.create(resource=resource, name="all").id
    for scope_id in ("unknown", foreign):
        with pytest.raises(AppError) as failure:
            template.add_role_scopes(admin_role, scope_ids=[scope_id], actor=SYSTEM)
        assert code_of(failure) == ("entity.relation_foreign_key_not_found", 422)
    for scope_id in ("unknown", foreign_api):
        with pytest.raises(AppError) as failure:
            template.replace_role_resource_scopes(admin_role, scope_ids=[scope_id], actor=SYSTEM)
        assert code_of(failure) == ("entity.relation_foreign_key_not_found", 422)
    with pytest.raises(AppError):
        template.create_organization_role(name="Half", scope_ids=["unknown"], actor=SYSTEM)
    assert not OrganizationRole.objects.filter(name="Half").exists()


@pytest.mark.parametrize("kind", list(RoleType))
def test_no_role_opens_the_management_api(tenant: Tenant, kind: RoleType) -> None:
    scope = Scope.objects.get(resource__indicator=management_api_indicator(tenant.id), name="all")
    with pytest.raises(AppError) as failure:
        template.create_organization_role(name="Root", type=kind, resource_scope_ids=[scope.id], actor=SYSTEM)
    assert code_of(failure) == ("role.management_api_scopes_not_assignable_to_user_role", 400)


def test_grants_are_added_replaced_and_taken(
    admin_role: OrganizationRole,
    read_documents: OrganizationScope,
    create_documents: OrganizationScope,
    invoices: Scope,
) -> None:
    template.add_role_scopes(admin_role, scope_ids=[read_documents.id], actor=SYSTEM)
    assert set(selectors.list_role_scopes(admin_role)) == {read_documents, create_documents}
    template.replace_role_scopes(admin_role, scope_ids=[create_documents.id], actor=SYSTEM)
    assert list(selectors.list_role_scopes(admin_role)) == [create_documents]
    template.remove_role_scope(admin_role, scope_id=create_documents.id, actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        template.remove_role_scope(admin_role, scope_id=create_documents.id, actor=SYSTEM)
    assert code_of(failure) == ("entity.not_found", 404)

    template.add_role_resource_scopes(admin_role, scope_ids=[invoices.id], actor=SYSTEM)
    template.replace_role_resource_scopes(admin_role, scope_ids=[], actor=SYSTEM)
    assert list(selectors.list_role_resource_scopes(admin_role)) == []
    with pytest.raises(AppError) as failure:
        template.remove_role_resource_scope(admin_role, scope_id=invoices.id, actor=SYSTEM)
    assert code_of(failure) == ("entity.not_found", 404)


def test_the_type_of_a_role_that_is_held_stays(
    corporation: Organization, alice: User, admin_role: OrganizationRole, member_role: OrganizationRole
) -> None:
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    members.assign_member_roles(corporation, user_id=alice.id, role_ids=[admin_role.id], actor=SYSTEM)
    jit.add_jit_roles(corporation, role_ids=[member_role.id], actor=SYSTEM)
    for role in (admin_role, member_role):
        with pytest.raises(AppError) as failure:
            template.update_organization_role(role, type=RoleType.MACHINE_TO_MACHINE, actor=SYSTEM)
        assert code_of(failure) == ("entity.db_constraint_violated", 422)
    members.remove_member(corporation, user_id=alice.id, actor=SYSTEM)
    template.update_organization_role(admin_role, type=RoleType.MACHINE_TO_MACHINE, actor=SYSTEM)


def test_a_deleted_role_is_held_by_nobody(
    corporation: Organization, alice: User, admin_role: OrganizationRole, recorded: list[Event]
) -> None:
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    members.assign_member_roles(corporation, user_id=alice.id, role_ids=[admin_role.id], actor=SYSTEM)
    role_id = admin_role.id
    template.delete_organization_role(admin_role, actor=SYSTEM)
    assert (recorded[-1].name, recorded[-1].subject and recorded[-1].subject.id) == (
        "OrganizationRole.Deleted",
        role_id,
    )
    assert not MemberRole.objects.exists()
    assert selectors.is_member(alice.id, corporation.id)


def test_search(admin_role: OrganizationRole, member_role: OrganizationRole) -> None:
    template.update_organization_role(member_role, description="Everybody else", actor=SYSTEM)
    assert list(selectors.list_organization_roles(q="ADM")) == [admin_role]
    assert list(selectors.list_organization_roles(q="everybody")) == [member_role]
    assert list(selectors.list_organization_roles(q=admin_role.id)) == [admin_role]
    assert [scope.name for scope in selectors.list_organization_scopes(q="CREATE")] == ["create:documents"]
