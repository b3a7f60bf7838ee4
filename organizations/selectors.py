"""Reads of organizations, their members and the template. Those of hot paths are in `hot` and offered here too."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q, QuerySet

from access.models import Scope
from common.errors import AppError
from common.totals import COUNT_CAP
from connectors.models import SsoConnector
from identity import searching
from identity.identifier_keys import is_storable
from identity.identifiers import phone_digits
from identity.sql import join_user
from organizations.errors import missing_reference
from organizations.hot import (
    MemberScopes,
    allows_trusted_devices,
    is_member,
    member_scopes,
    member_scopes_of,
    resource_scope_names_of_roles,
    scope_names_of_roles,
)
from organizations.models import (
    JitEmailDomain,
    JitRole,
    JitSsoConnector,
    MemberRole,
    Organization,
    OrganizationMember,
    OrganizationRole,
    OrganizationScope,
)
from tenants.configuration import cached
from tenants.context import current_tenant_id, index_scope
from tenants.counts import count_all
from tenants.database.rows import find
from tenants.database.statements import fetch_all

__all__ = [
    "FeaturedUser",
    "MemberScopes",
    "OrganizationOverview",
    "all_organization_scope_names",
    "allows_trusted_devices",
    "find_organization",
    "get_member",
    "get_organization",
    "get_organization_role",
    "get_organization_scope",
    "get_referenced_organization",
    "get_referenced_role",
    "is_member",
    "list_jit_email_domains",
    "list_jit_roles",
    "list_jit_sso_connectors",
    "list_member_roles",
    "list_member_scopes",
    "list_members",
    "list_memberships",
    "list_organization_roles",
    "list_organization_scopes",
    "list_organizations",
    "list_role_resource_scopes",
    "list_role_scopes",
    "member_scopes",
    "member_scopes_of",
    "organization_overviews",
    "organization_scope_names",
    "resource_scope_names_of_roles",
    "scope_names_of_roles",
]

# So many ids are looked up faster than rows are walked to find a page of them.
_FEW = 1_000


class FeaturedUser(NamedTuple):
    """A face next to an organization in a list."""

    id: str
    avatar: str | None
    name: str | None


class OrganizationOverview(NamedTuple):
    """How many members an organization has, and up to three of them."""

    users_count: int
    featured_users: list[FeaturedUser]


# --- Organizations ---------------------------------------------------------------------------------------------------
def find_organization(organization_id: str) -> Organization | None:
    """Return the organization, `None` if there is none. 1 statement."""
    return find(Organization, "r.id = %s", organization_id) if is_storable(organization_id) else None


def get_organization(organization_id: str, *, code: str = "entity.not_exists_with_id") -> Organization:
    """Return the organization; raises `code`, 404 where nothing else is asked for."""
    organization = find_organization(organization_id)
    if organization is None:
        raise AppError(code)
    return organization


def get_referenced_organization(organization_id: str) -> Organization:
    """Return the organization that a new relation names; raises 422 `entity.relation_foreign_key_not_found`."""
    organization = find_organization(organization_id)
    if organization is None:
        raise missing_reference()
    return organization


def list_organizations(*, q: str = "") -> QuerySet[Organization]:
    """Return organizations, newest first; `q` is a part of the id or the name."""
    organizations = Organization.objects.order_by("-created_at", "-id")
    return _search_organizations(organizations, q) if q else organizations


def _search_organizations(organizations: QuerySet[Organization], q: str) -> QuerySet[Organization]:
    """Few of very many are found by the trigram indexes, which row-level security keeps from use; else walked."""
    condition = Q(id__icontains=q) | Q(name__icontains=q)
    if searching.has_trigram(q) and count_all(Organization) > COUNT_CAP:
        with index_scope():
            ids = list(Organization.objects.filter(condition).values_list("id", flat=True)[: _FEW + 1])
        if len(ids) <= _FEW:
            return organizations.filter(id__in=ids)
    return organizations.filter(condition)


class _FeaturedMember(NamedTuple):
    organization_id: str
    users_count: int
    user_id: str | None
    avatar: str | None
    name: str | None


_OVERVIEWS = f"""
SELECT o.id AS organization_id,
  (SELECT count(*) FROM organizations_organizationmember c
   WHERE c.tenant_id = %(tenant)s AND c.organization_id = o.id) AS users_count,
  f.id AS user_id, f.avatar, f.name
FROM unnest(%(ids)s::varchar[]) AS o (id)
LEFT JOIN LATERAL (
  SELECT u.id, u.avatar, u.name
  FROM organizations_organizationmember m
  {join_user("u", tenant="m.tenant_id", user="m.user_id")}
  WHERE m.tenant_id = %(tenant)s AND m.organization_id = o.id
  LIMIT 3
) AS f ON true"""  # noqa: S608 - identifiers come from code


def organization_overviews(organization_ids: Iterable[str]) -> dict[str, OrganizationOverview]:
    """Return the overview of each organization, by id. 1 statement."""
    counts: dict[str, int] = {}
    faces: dict[str, list[FeaturedUser]] = {}
    parameters = {"tenant": current_tenant_id(), "ids": list(organization_ids)}
    for row in fetch_all(_FeaturedMember, _OVERVIEWS, parameters):
        counts[row.organization_id] = row.users_count
        people = faces.setdefault(row.organization_id, [])
        if row.user_id is not None:
            people.append(FeaturedUser(row.user_id, row.avatar, row.name))
    return {key: OrganizationOverview(count, faces[key]) for key, count in counts.items()}


# --- Members ---------------------------------------------------------------------------------------------------------
def get_member(organization_id: str, user_id: str) -> OrganizationMember:
    """Return the membership with its organization; raises `organization.require_membership`."""
    members = OrganizationMember.objects.select_related("organization")
    member = members.filter(organization_id=organization_id, user_id=user_id).first()
    if member is None:
        raise AppError("organization.require_membership")
    return member


def list_members(
    organization: Organization, *, q: str = "", role_id: str | None = None
) -> QuerySet[OrganizationMember]:
    """Return memberships with their users and roles, newest first.

    `q` is a part of the user's id, name, username, address or number; `role_id` keeps the holders of that role.
    """
    members = OrganizationMember.objects.filter(organization=organization)
    if role_id:
        members = members.filter(member_roles__role_id=role_id)
    if q:
        members = _search_members(members, q)
    return members.select_related("user").prefetch_related("member_roles__role").order_by("-created_at", "-id")


def _search_members(members: QuerySet[OrganizationMember], q: str) -> QuerySet[OrganizationMember]:
    """Few people of a large tenant are found by the index of its users; else the members are walked."""
    text, digits = q.lower(), phone_digits(q)
    parts = [text, digits] if digits else [text]
    if all(map(searching.has_trigram, parts)):
        few = searching.find_few(parts)
        if few is not None:
            return members.filter(user_id__in=few)
    return members.filter(reduce(or_, (Q(user__search__contains=part) for part in parts)))


def list_memberships(user_id: str) -> QuerySet[OrganizationMember]:
    """Return the user's memberships with their organizations and roles. 3 statements."""
    memberships = OrganizationMember.objects.filter(user_id=user_id).order_by("created_at", "id")
    return memberships.select_related("organization").prefetch_related("member_roles__role")


def list_member_roles(member: OrganizationMember) -> QuerySet[OrganizationRole]:
    """Return the roles that a member holds."""
    return OrganizationRole.objects.filter(member_roles__member=member).order_by("name")


def list_member_scopes(member: OrganizationMember) -> QuerySet[OrganizationScope]:
    """Return the organization permissions that a member has."""
    held = MemberRole.objects.filter(member=member).values("role_id")
    return OrganizationScope.objects.filter(role_scopes__role_id__in=held).distinct().order_by("name")


def organization_scope_names(user_id: str, organization_id: str) -> list[str]:
    """Return the user's organization permissions there; none for a user who is not a member."""
    scopes = member_scopes(user_id, organization_id)
    return [] if scopes is None else scopes.names


# --- The template ----------------------------------------------------------------------------------------------------
def get_organization_role(role_id: str, *, code: str = "entity.not_exists_with_id") -> OrganizationRole:
    """Return a role of the template; raises `code`, 404 where nothing else is asked for."""
    role = OrganizationRole.objects.filter(id=role_id).first()
    if role is None:
        raise AppError(code)
    return role


def get_referenced_role(role_id: str) -> OrganizationRole:
    """Return the role that a new relation names; raises 422 `entity.relation_foreign_key_not_found`."""
    role = OrganizationRole.objects.filter(id=role_id).first()
    if role is None:
        raise missing_reference()
    return role


def list_organization_roles(*, q: str = "") -> QuerySet[OrganizationRole]:
    """Return roles with what they grant, oldest first; `q` is a part of the id, name or description. 4 statements."""
    roles = OrganizationRole.objects.order_by("created_at", "id")
    roles = roles.prefetch_related("scopes", "resource_scopes__resource")
    return roles.filter(Q(id__icontains=q) | Q(name__icontains=q) | Q(description__icontains=q)) if q else roles


def list_role_scopes(role: OrganizationRole) -> QuerySet[OrganizationScope]:
    """Return the organization permissions that a role grants."""
    return OrganizationScope.objects.filter(role_scopes__role=role).order_by("created_at", "id")


def list_role_resource_scopes(role: OrganizationRole) -> QuerySet[Scope]:
    """Return the API permissions that a role grants."""
    return Scope.objects.filter(organization_roles=role).order_by("created_at", "id")


def get_organization_scope(scope_id: str, *, code: str = "entity.not_exists_with_id") -> OrganizationScope:
    """Return a permission of the template; raises `code`, 404 where nothing else is asked for."""
    scope = OrganizationScope.objects.filter(id=scope_id).first()
    if scope is None:
        raise AppError(code)
    return scope


def list_organization_scopes(*, q: str = "") -> QuerySet[OrganizationScope]:
    """Return permissions of the template, oldest first; `q` is a part of the name."""
    scopes = OrganizationScope.objects.order_by("created_at", "id")
    return scopes.filter(name__icontains=q) if q else scopes


def all_organization_scope_names() -> tuple[str, ...]:
    """Return the names of all permissions of the template; cached until the configuration changes."""
    return cached(
        "organizations.scope_names",
        None,
        lambda: tuple(OrganizationScope.objects.order_by("name").values_list("name", flat=True)),
    )


# --- Just-in-time rules ----------------------------------------------------------------------------------------------
def list_jit_email_domains(organization_id: str) -> QuerySet[JitEmailDomain]:
    """Return the email domains whose new users join the organization."""
    return JitEmailDomain.objects.filter(organization_id=organization_id).order_by("email_domain")


def list_jit_sso_connectors(organization: Organization) -> QuerySet[SsoConnector]:
    """Return the enterprise connectors whose users join the organization, the newest first."""
    chosen = JitSsoConnector.objects.filter(organization=organization).values("connector_id")
    return SsoConnector.objects.filter(id__in=chosen).order_by("-created_at", "-id")


def list_jit_roles(organization: Organization) -> QuerySet[OrganizationRole]:
    """Return the roles that people get who join just in time."""
    chosen = JitRole.objects.filter(organization=organization).values("role_id")
    return OrganizationRole.objects.filter(id__in=chosen).order_by("name")
