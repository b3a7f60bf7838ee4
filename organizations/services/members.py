"""People join organizations, get roles there, and leave."""

from collections.abc import Collection, Sequence

from django.db import transaction

from access.models import RoleType
from common.actors import Actor
from common.errors import AppError
from common.ids import new_id
from events.history import record
from identity.models import User
from identity.sql import join_user
from organizations.errors import missing_reference
from organizations.models import MemberRole, Organization, OrganizationMember, OrganizationRole
from organizations.policies import assignable_roles
from organizations.services.organizations import hold
from tenants.context import current_tenant_id
from tenants.database.conflicts import atomic_with_retries
from tenants.database.statements import fetch_values

MEMBERSHIP_UPDATED = "Organization.Membership.Updated"
MEMBER_ROLES_UPDATED = "Organization.MemberRoles.Updated"

# Kinds of ids in the history.
USERS = "userIds"
ROLES = "organizationRoleIds"

# The users are held until the commit, so that none is deleted under a membership just written.
_JOIN = f"""
WITH person AS (
  SELECT u.id AS user_id, n.id
  FROM unnest(%(users)s::varchar[], %(ids)s::varchar[]) AS n (user_id, id)
  {join_user("u", tenant="%(tenant)s", user="n.user_id")}
  FOR KEY SHARE OF u
)
INSERT INTO organizations_organizationmember (id, tenant_id, organization_id, user_id)
SELECT person.id, %(tenant)s, %(organization)s, person.user_id FROM person
ON CONFLICT (tenant_id, organization_id, user_id) DO NOTHING
RETURNING user_id"""  # noqa: S608 - identifiers come from code


@transaction.atomic
def add_members(organization: Organization, *, user_ids: Collection[str], actor: Actor) -> list[str]:
    """Add users to the organization and return the ids of those who were not members before.

    Raises 422 `entity.relation_foreign_key_not_found` for an unknown user. Publishes
    `Organization.Membership.Updated`.
    """
    hold(organization)
    added = _join(organization, set(user_ids))
    record_members(organization, added=added, actor=actor)
    return added


@atomic_with_retries
def replace_members(organization: Organization, *, user_ids: Collection[str], actor: Actor) -> None:
    """Make these users the only members; those who stay keep their roles.

    Raises and publishes as `add_members`.
    """
    hold(organization, alone=True)
    wanted = set(user_ids)
    leaving = OrganizationMember.objects.select_for_update().filter(organization=organization)
    removed = [member.user_id for member in leaving.exclude(user_id__in=wanted)]
    OrganizationMember.objects.filter(organization=organization, user_id__in=removed).delete()
    added = _join(organization, wanted)
    record_members(organization, added=added, removed=removed, actor=actor)


@atomic_with_retries
def remove_member(organization: Organization, *, user_id: str, actor: Actor) -> None:
    """End a membership with its roles; raises `entity.not_found` for a user who is not a member.

    Publishes `Organization.Membership.Updated`.
    """
    member = _lock_member(organization, user_id)
    if member is None:
        raise AppError("entity.not_found")
    member.delete()
    record_members(organization, removed=[user_id], actor=actor)


@atomic_with_retries
def assign_member_roles(
    organization: Organization,
    *,
    user_id: str,
    role_ids: Collection[str] = (),
    role_names: Collection[str] = (),
    actor: Actor,
) -> list[str]:
    """Give a member roles, by id or by name, and return the ids named in either way. Roles held already stay.

    Raises `organization.require_membership`, `organization.role_names_not_found`, and as `assignable_roles`.
    """
    member = _require_member(organization, user_id)
    named = _merge(role_ids, _ids_of_names(role_names))
    _give(organization, [member], assignable_roles(named, holder=RoleType.USER), actor=actor)
    return named


@transaction.atomic
def replace_member_roles(
    organization: Organization,
    *,
    user_id: str,
    role_ids: Collection[str] = (),
    role_names: Collection[str] = (),
    actor: Actor,
) -> None:
    """Make these the only roles of a member; raises as `assign_member_roles`."""
    member = _require_member(organization, user_id)
    roles = assignable_roles(_merge(role_ids, _ids_of_names(role_names)), holder=RoleType.USER)
    leaving = MemberRole.objects.filter(member=member).exclude(role__in=roles).select_related("member")
    removed = list(leaving)
    leaving.delete()
    record_roles(organization, removed=removed, actor=actor)
    _give(organization, [member], roles, actor=actor)


@transaction.atomic
def assign_roles_to_members(
    organization: Organization, *, user_ids: Collection[str], role_ids: Collection[str], actor: Actor
) -> None:
    """Give every one of these members every one of these roles.

    Raises 422 `entity.relation_foreign_key_not_found` if a user is not a member, and as `assignable_roles`.
    """
    members = list(
        OrganizationMember.objects.select_for_update(no_key=True)
        .filter(organization=organization, user_id__in=set(user_ids))
        .order_by("id")
    )
    if len(members) != len(set(user_ids)):
        raise missing_reference()
    _give(organization, members, assignable_roles(role_ids, holder=RoleType.USER), actor=actor)


@atomic_with_retries
def remove_member_role(organization: Organization, *, user_id: str, role_id: str, actor: Actor) -> None:
    """Take a role from a member.

    Raises `organization.require_membership`, and `entity.not_found` if the member does not hold the role.
    """
    member = _require_member(organization, user_id)
    held = MemberRole.objects.filter(member=member, role_id=role_id).select_related("member").first()
    if held is None:
        raise AppError("entity.not_found")
    record_roles(organization, removed=[held], actor=actor)
    held.delete()


def _join(organization: Organization, user_ids: set[str]) -> list[str]:
    if User.objects.filter(id__in=user_ids).count() != len(user_ids):
        raise missing_reference()
    ordered = sorted(user_ids)
    parameters = {
        "tenant": current_tenant_id(),
        "organization": organization.id,
        "users": ordered,
        "ids": [new_id() for _ in ordered],
    }
    return fetch_values(_JOIN, parameters)


def record_members(
    organization: Organization, *, added: Sequence[str] = (), removed: Sequence[str] = (), actor: Actor
) -> None:
    """Say who joined and who left: one entry."""
    if added or removed:
        record(
            MEMBERSHIP_UPDATED,
            actor=actor,
            subject=organization,
            added={USERS: added},
            removed={USERS: removed},
        )


def record_roles(
    organization: Organization, *, added: Sequence[MemberRole] = (), removed: Sequence[MemberRole] = (), actor: Actor
) -> None:
    """Say which members got or lost which roles: one entry a member."""
    by_member: dict[str, tuple[list[str], list[str]]] = {}
    for rows, place in ((added, 0), (removed, 1)):
        for row in rows:
            by_member.setdefault(row.member.user_id, ([], []))[place].append(row.role_id)
    for user_id, (gained, lost) in by_member.items():
        record(
            MEMBER_ROLES_UPDATED,
            actor=actor,
            subject=organization,
            user_id=user_id,
            added={ROLES: gained},
            removed={ROLES: lost},
        )


def _lock_member(organization: Organization, user_id: str, *, no_key: bool = False) -> OrganizationMember | None:
    members = OrganizationMember.objects.select_for_update(no_key=no_key)
    return members.filter(organization=organization, user_id=user_id).first()


def _require_member(organization: Organization, user_id: str) -> OrganizationMember:
    member = _lock_member(organization, user_id, no_key=True)
    if member is None:
        raise AppError("organization.require_membership")
    return member


def _ids_of_names(names: Collection[str]) -> list[str]:
    found = dict(OrganizationRole.objects.filter(name__in=set(names)).values_list("name", "id")) if names else {}
    if missing := sorted(set(names) - found.keys()):
        raise AppError(
            "organization.role_names_not_found", data={"names": missing}, params={"names": ", ".join(missing)}
        )
    return [found[name] for name in names]


def _merge(first: Collection[str], second: Collection[str]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))


def _give(
    organization: Organization,
    members: Sequence[OrganizationMember],
    roles: Sequence[OrganizationRole],
    *,
    actor: Actor,
) -> None:
    held = set(MemberRole.objects.filter(member__in=members).values_list("member_id", "role_id"))
    rows = [MemberRole(member=member, role=role) for member in members for role in roles]
    MemberRole.objects.bulk_create(rows, ignore_conflicts=True)
    added = [row for row in rows if (row.member_id, row.role_id) not in held]
    record_roles(organization, added=added, actor=actor)
