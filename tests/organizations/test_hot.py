"""The reads of hot paths: right, and one statement each once the template is cached."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from common.actors import SYSTEM
from identity.models import User
from organizations import hot
from organizations.models import Organization, OrganizationRole
from organizations.selectors import all_organization_scope_names
from organizations.services import members, template
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


def test_another_tenant_sees_nothing(membership: Organization, alice: User) -> None:
    with enter_tenant("acme"):
        assert hot.member_scopes(alice.id, membership.id) is None
        assert not hot.is_member(alice.id, membership.id)
        assert all_organization_scope_names() == ()


@pytest.mark.parametrize(
    "read",
    [
        lambda user, organization: hot.is_member(user, organization),
        lambda user, organization: hot.member_scopes(user, organization),
    ],
)
def test_one_statement(
    membership: Organization,
    alice: User,
    read: Callable[[str, str], Any],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with enter_tenant("default", version=read_version("default")):
        hot.role_grants()
        with django_assert_num_queries(1):
            assert read(alice.id, membership.id)


def test_all_scopes_are_cached(membership: Organization, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with enter_tenant("default", version=read_version("default")):
        assert all_organization_scope_names() == ("read:documents",)
        with django_assert_num_queries(0):
            all_organization_scope_names()
