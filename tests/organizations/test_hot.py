"""The reads of hot paths: right, and one statement each once the template is cached."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from access.models import Scope
from common.actors import SYSTEM
from identity.models import User
from organizations import hot
from organizations.models import Organization, OrganizationRole
from organizations.selectors import all_organization_scope_names
from organizations.services import members, template
from organizations.services.organizations import create_organization
from tenants.configuration import read_version
from tenants.context import enter_tenant


@pytest.fixture
def membership(corporation: Organization, alice: User, member_role: OrganizationRole) -> Organization:
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    members.assign_member_roles(corporation, user_id=alice.id, role_ids=[member_role.id], actor=SYSTEM)
    return corporation


def test_scopes_of_a_member(membership: Organization, alice: User, bob: User) -> None:
    assert hot.member_scopes(alice.id, membership.id) == (["read:documents"], False)
    Organization.objects.update(is_mfa_required=True)
    assert hot.member_scopes(alice.id, membership.id) == (["read:documents"], True)
    assert hot.member_scopes(bob.id, membership.id) is None
    assert hot.member_scopes(alice.id, "unknown") is None


def test_a_member_without_roles_has_no_scopes(corporation: Organization, bob: User) -> None:
    members.add_members(corporation, user_ids=[bob.id], actor=SYSTEM)
    assert hot.member_scopes(bob.id, corporation.id) == ([], False)


def test_a_change_of_the_template_shows_at_once(
    membership: Organization, alice: User, member_role: OrganizationRole, create_documents: Any
) -> None:
    hot.member_scopes(alice.id, membership.id)
    template.replace_role_scopes(member_role, scope_ids=[create_documents.id], actor=SYSTEM)
    assert hot.member_scopes(alice.id, membership.id) == (["create:documents"], False)
    template.delete_organization_scope(create_documents, actor=SYSTEM)
    assert hot.member_scopes(alice.id, membership.id) == ([], False)


def test_resource_scopes_of_one_organization_or_of_all(
    membership: Organization, alice: User, invoices: Scope, admin_role: OrganizationRole
) -> None:
    other = create_organization(name="Other", actor=SYSTEM)
    members.add_members(other, user_ids=[alice.id], actor=SYSTEM)
    members.assign_member_roles(other, user_id=alice.id, role_ids=[admin_role.id], actor=SYSTEM)
    names = hot.organization_resource_scope_names
    assert names(alice.id, invoices.resource_id, None) == ["read:invoices"]
    assert names(alice.id, invoices.resource_id, membership.id) == ["read:invoices"]
    assert names(alice.id, invoices.resource_id, other.id) == []
    assert names(alice.id, "unknown", None) == []


def test_organizations_of_a_user(membership: Organization, alice: User, bob: User) -> None:
    assert hot.user_organizations(alice.id) == [(membership.id, "Acme Corporation", None)]
    assert hot.user_organizations(bob.id) == []
    assert hot.user_organization_roles(alice.id) == [f"{membership.id}:Member"]


def test_another_tenant_sees_nothing(membership: Organization, alice: User, invoices: Scope) -> None:
    with enter_tenant("acme"):
        assert hot.member_scopes(alice.id, membership.id) is None
        assert not hot.is_member(alice.id, membership.id)
        assert hot.user_organizations(alice.id) == []
        assert hot.user_organization_roles(alice.id) == []
        assert hot.organization_resource_scope_names(alice.id, invoices.resource_id, None) == []
        assert all_organization_scope_names() == ()


@pytest.mark.parametrize(
    "read",
    [
        lambda user, organization, resource: hot.is_member(user, organization),
        lambda user, organization, resource: hot.member_scopes(user, organization),
        lambda user, organization, resource: hot.organization_resource_scope_names(user, resource, organization),
        lambda user, organization, resource: hot.organization_resource_scope_names(user, resource, None),
        lambda user, organization, resource: hot.user_organizations(user),
        lambda user, organization, resource: hot.user_organization_roles(user),
    ],
)
def test_one_statement(
    membership: Organization,
    alice: User,
    invoices: Scope,
    read: Callable[[str, str, str], Any],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with enter_tenant("default", version=read_version("default")):
        hot.role_grants()
        with django_assert_num_queries(1):
            assert read(alice.id, membership.id, invoices.resource_id)


def test_all_scopes_are_cached(membership: Organization, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with enter_tenant("default", version=read_version("default")):
        assert all_organization_scope_names() == ("read:documents",)
        with django_assert_num_queries(0):
            all_organization_scope_names()
