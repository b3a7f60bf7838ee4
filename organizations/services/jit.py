"""Just-in-time provisioning: the rules by which people join an organization themselves, and the joining."""

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.models import RoleType
from common.actors import SYSTEM, Actor
from common.constraints import constraint_errors
from common.domains import canonical_domain, is_host_name
from common.email_addresses import email_domain as domain_of
from common.errors import AppError, invalid_value
from events.history import record
from identity.models import User
from organizations.models import JitEmailDomain, JitRole, MemberRole, Organization, OrganizationMember
from organizations.policies import assignable_roles
from organizations.services.members import ROLES, add_members, record_roles
from organizations.services.organizations import hold

# The kind of ids in the history.
_DOMAINS = "emailDomains"

_MAX_DOMAIN_LENGTH = 128


@transaction.atomic
def provision_by_email(user: User, *, actor: Actor = SYSTEM) -> list[Organization]:
    """Let a new user join the organizations that admit the domain of the user's email address.

    Returns the organizations joined now. To be called once, when the user is created: the address is verified then, and
    a rule added later does not reach back.
    """
    domain = domain_of(user.primary_email or "")
    if not domain:
        return []
    organizations = Organization.objects.filter(jit_email_domains__email_domain=domain).order_by("id")
    return _provision(user, organizations=list(organizations), actor=actor)


@transaction.atomic
def provision_by_choice(user: User, *, organization_ids: Collection[str], actor: Actor = SYSTEM) -> list[Organization]:
    """Let a user join the organizations that a backend has chosen for them; those that do not exist are left out.

    Returns the organizations joined now, with their just-in-time roles; a member's roles stay as they are.
    """
    organizations = Organization.objects.filter(id__in=set(organization_ids)).order_by("id")
    return _provision(user, organizations=list(organizations), actor=actor)


@transaction.atomic
def provision_by_sso(user: User, *, connector_id: str, actor: Actor = SYSTEM) -> list[Organization]:
    """Let a user join the organizations that admit whoever signs in at an enterprise's identity provider.

    Returns the organizations joined now, with their just-in-time roles; a member's roles stay as they are. To be called
    when the user's account there is linked: a rule added later does not reach back.
    """
    organizations = Organization.objects.filter(jit_sso_connectors__connector_id=connector_id).order_by("id")
    return _provision(user, organizations=list(organizations), actor=actor)


def _provision(user: User, *, organizations: Collection[Organization], actor: Actor) -> list[Organization]:
    joined = [
        organization for organization in organizations if add_members(organization, user_ids=[user.id], actor=actor)
    ]
    members = {
        member.organization_id: member
        for member in OrganizationMember.objects.filter(user=user, organization__in=joined)
    }
    rules = JitRole.objects.filter(organization__in=joined)
    rows = [MemberRole(member=members[rule.organization_id], role_id=rule.role_id) for rule in rules]
    MemberRole.objects.bulk_create(rows)
    for organization in joined:
        given = [row for row in rows if row.member.organization_id == organization.id]
        record_roles(organization, added=given, actor=actor)
    return joined


@transaction.atomic
def add_email_domain(organization: Organization, *, email_domain: str, actor: Actor) -> JitEmailDomain:
    """Admit new users of an email domain.

    Raises `entity.value_too_long`, `entity.unique_integrity_violation`, and 422 `entity.relation_foreign_key_not_found`
    where the organization is gone.
    """
    hold(organization)
    domain = _checked(email_domain)
    with constraint_errors(jit_email_domain="entity.unique_integrity_violation"):
        rule = JitEmailDomain.objects.create(organization=organization, email_domain=domain)
    record_rules(organization, actor, added={_DOMAINS: [domain]})
    return rule


@transaction.atomic
def replace_email_domains(organization: Organization, *, email_domains: Collection[str], actor: Actor) -> None:
    """Make these the only email domains admitted; raises `entity.value_too_long`."""
    hold(organization, alone=True)
    domains = {_checked(domain) for domain in email_domains}
    rules = JitEmailDomain.objects.filter(organization=organization)
    before = set(rules.values_list("email_domain", flat=True))
    rules.exclude(email_domain__in=domains).delete()
    JitEmailDomain.objects.bulk_create(
        [JitEmailDomain(organization=organization, email_domain=domain) for domain in sorted(domains)],
        ignore_conflicts=True,
    )
    record_rules(
        organization, actor, added={_DOMAINS: sorted(domains - before)}, removed={_DOMAINS: sorted(before - domains)}
    )


@transaction.atomic
def remove_email_domain(organization: Organization, *, email_domain: str, actor: Actor) -> None:
    """No longer admit an email domain; raises `entity.not_found`."""
    rules = JitEmailDomain.objects.filter(organization=organization, email_domain=canonical_domain(email_domain))
    if not rules.delete()[0]:
        raise AppError("entity.not_found")
    record_rules(organization, actor, removed={_DOMAINS: [canonical_domain(email_domain)]})


@transaction.atomic
def add_jit_roles(organization: Organization, *, role_ids: Collection[str], actor: Actor) -> None:
    """Give these roles to everybody who joins just in time from now on; raises as `assignable_roles`."""
    hold(organization)
    roles = assignable_roles(role_ids, holder=RoleType.USER)
    before = set(JitRole.objects.filter(organization=organization).values_list("role_id", flat=True))
    JitRole.objects.bulk_create(
        [JitRole(organization=organization, role=role) for role in roles], ignore_conflicts=True
    )
    record_rules(organization, actor, added={ROLES: [role.id for role in roles if role.id not in before]})


@transaction.atomic
def replace_jit_roles(organization: Organization, *, role_ids: Collection[str], actor: Actor) -> None:
    """Make these the only roles given to those who join just in time; raises as `assignable_roles`."""
    hold(organization, alone=True)
    leaving = JitRole.objects.filter(organization=organization).exclude(role_id__in=set(role_ids))
    removed = list(leaving.values_list("role_id", flat=True))
    leaving.delete()
    record_rules(organization, actor, removed={ROLES: removed})
    add_jit_roles(organization, role_ids=role_ids, actor=actor)


@transaction.atomic
def remove_jit_role(organization: Organization, *, role_id: str, actor: Actor) -> None:
    """No longer give a role to those who join just in time; raises `entity.not_found`."""
    if not JitRole.objects.filter(organization=organization, role_id=role_id).delete()[0]:
        raise AppError("entity.not_found")
    record_rules(organization, actor, removed={ROLES: [role_id]})


def record_rules(organization: Organization, actor: Actor, **changes: Mapping[str, Sequence[str]]) -> None:
    """Say which rules of an organization have changed: `added` and `removed`, by kind; nothing if none has."""
    if any(found for change in changes.values() for found in change.values()):
        record("Organization.Jit.Updated", actor=actor, subject=organization, **changes)  # type: ignore[arg-type]


def _checked(domain: str) -> str:
    canonical = canonical_domain(domain)
    if len(canonical) > _MAX_DOMAIN_LENGTH:
        raise AppError("entity.value_too_long")
    if not is_host_name(canonical):
        raise invalid_value("emailDomain", _("This is not a domain name."))
    return canonical
