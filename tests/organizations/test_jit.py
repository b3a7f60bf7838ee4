"""Who joins an organization by themselves."""

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from events.history import Event
from identity.models import User
from organizations import selectors
from organizations.models import JitEmailDomain, MemberRole, Organization, OrganizationRole
from organizations.services import jit, members
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tests.recorded import changes_in


def code_of(failure: pytest.ExceptionInfo[AppError]) -> tuple[str, int]:
    return failure.value.code, failure.value.status


def test_the_domain_of_the_address_opens_the_organization(
    corporation: Organization, alice: User, member_role: OrganizationRole, recorded: list[Event]
) -> None:
    create_organization(name="Other", actor=SYSTEM)
    jit.add_email_domain(corporation, email_domain="Example.Com ", actor=SYSTEM)
    jit.add_jit_roles(corporation, role_ids=[member_role.id], actor=SYSTEM)
    recorded.clear()
    assert jit.provision_by_email(alice) == [corporation]
    assert selectors.organization_scope_names(alice.id, corporation.id) == ["read:documents"]
    assert changes_in(recorded, "Organization.Membership.Updated") == [(corporation.id, {"userIds": [alice.id]}, {})]


@pytest.mark.parametrize("rule", ["bücher.example", "xn--bcher-kva.example"])
@pytest.mark.parametrize("address", ["alice@Bücher.example", "alice@XN--BCHER-KVA.example"])
def test_every_spelling_of_the_domain_opens_the_organization(
    corporation: Organization, alice: User, rule: str, address: str
) -> None:
    """A rule for the one spelling of an internationalized domain kept out who wrote the other."""
    jit.add_email_domain(corporation, email_domain=rule, actor=SYSTEM)
    alice.primary_email = address
    assert jit.provision_by_email(alice) == [corporation]
    jit.remove_email_domain(corporation, email_domain="BÜCHER.example", actor=SYSTEM)
    assert not JitEmailDomain.objects.exists()


@pytest.mark.parametrize("domain", ["", "alice@corp.example", "a" * 64 + ".example", "corp .example", "*.example"])
def test_a_rule_that_no_address_can_meet_is_refused(corporation: Organization, domain: str) -> None:
    with pytest.raises(AppError) as failure:
        jit.add_email_domain(corporation, email_domain=domain, actor=SYSTEM)
    assert code_of(failure) == ("guard.invalid_input", 400)


def test_members_are_left_alone(corporation: Organization, alice: User, member_role: OrganizationRole) -> None:
    members.add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    jit.add_email_domain(corporation, email_domain="example.com", actor=SYSTEM)
    jit.add_jit_roles(corporation, role_ids=[member_role.id], actor=SYSTEM)
    assert jit.provision_by_email(alice) == []
    assert not MemberRole.objects.exists()


@pytest.mark.parametrize(
    "address", [None, "alice@sub.example.com", "example.com@evil.example", "alice@example.com.evil"]
)
def test_another_address_opens_nothing(corporation: Organization, alice: User, address: str | None) -> None:
    jit.add_email_domain(corporation, email_domain="example.com", actor=SYSTEM)
    alice.primary_email = address
    assert jit.provision_by_email(alice) == []


def test_another_tenants_rule_opens_nothing(corporation: Organization, mallory: User) -> None:
    jit.add_email_domain(corporation, email_domain="example.com", actor=SYSTEM)
    with enter_tenant("acme"):
        assert jit.provision_by_email(mallory) == []


def test_rules_for_domains(corporation: Organization) -> None:
    jit.add_email_domain(corporation, email_domain="example.com", actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        jit.add_email_domain(corporation, email_domain="EXAMPLE.com", actor=SYSTEM)
    assert code_of(failure) == ("entity.unique_integrity_violation", 422)
    with pytest.raises(AppError) as failure:
        jit.add_email_domain(corporation, email_domain="x" * 129, actor=SYSTEM)
    assert code_of(failure) == ("entity.value_too_long", 422)
    jit.replace_email_domains(corporation, email_domains=["example.com", "b.example", "b.example"], actor=SYSTEM)
    rules = selectors.list_jit_email_domains(corporation.id)
    assert [rule.email_domain for rule in rules] == ["b.example", "example.com"]
    jit.remove_email_domain(corporation, email_domain="b.example", actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        jit.remove_email_domain(corporation, email_domain="b.example", actor=SYSTEM)
    assert code_of(failure) == ("entity.not_found", 404)
    assert JitEmailDomain.objects.count() == 1


def test_rules_for_roles(
    corporation: Organization,
    admin_role: OrganizationRole,
    member_role: OrganizationRole,
    machine_role: OrganizationRole,
) -> None:
    jit.add_jit_roles(corporation, role_ids=[admin_role.id, admin_role.id], actor=SYSTEM)
    jit.add_jit_roles(corporation, role_ids=[admin_role.id], actor=SYSTEM)
    jit.replace_jit_roles(corporation, role_ids=[member_role.id], actor=SYSTEM)
    assert list(selectors.list_jit_roles(corporation)) == [member_role]
    with pytest.raises(AppError) as failure:
        jit.add_jit_roles(corporation, role_ids=[machine_role.id], actor=SYSTEM)
    assert code_of(failure) == ("entity.db_constraint_violated", 422)
    with pytest.raises(AppError) as failure:
        jit.add_jit_roles(corporation, role_ids=["unknown"], actor=SYSTEM)
    assert code_of(failure) == ("entity.relation_foreign_key_not_found", 422)
    jit.remove_jit_role(corporation, role_id=member_role.id, actor=SYSTEM)
    with pytest.raises(AppError) as failure:
        jit.remove_jit_role(corporation, role_id=member_role.id, actor=SYSTEM)
    assert code_of(failure) == ("entity.not_found", 404)


def test_a_backend_chooses_organizations_for_a_user(
    corporation: Organization, alice: User, member_role: OrganizationRole
) -> None:
    other = create_organization(name="Other", actor=SYSTEM)
    jit.add_jit_roles(corporation, role_ids=[member_role.id], actor=SYSTEM)
    assert jit.provision_by_choice(alice, organization_ids=[corporation.id, "gone"]) == [corporation]
    assert selectors.organization_scope_names(alice.id, corporation.id) == ["read:documents"]
    chosen = [corporation.id, other.id]
    assert jit.provision_by_choice(alice, organization_ids=chosen) == [other]
