"""Reads of the token endpoint, of claims and of the sign-in page: one hand-written statement each.

What roles grant is configuration and comes from the versioned cache, so a statement only finds the roles held.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tenants.configuration import cached
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_all, fetch_one


class MemberScopes(NamedTuple):
    """What a member may do in an organization, and whether the organization requires MFA."""

    names: list[str]
    is_mfa_required: bool


class OrganizationSummary(NamedTuple):
    """What claims tell of an organization."""

    id: str
    name: str
    description: str | None


class RoleGrants(NamedTuple):
    """What one role of the template grants: organization permissions, and API permissions by resource id."""

    scopes: frozenset[str]
    resource_scopes: Mapping[str, frozenset[str]]


_ROLE_SCOPES = """
SELECT g.role_id, '', s.name
FROM organizations_organizationrolescope g
JOIN organizations_organizationscope s ON s.tenant_id = g.tenant_id AND s.id = g.scope_id
WHERE g.tenant_id = %(tenant)s
UNION ALL
SELECT g.role_id, s.resource_id, s.name
FROM organizations_organizationroleresourcescope g
JOIN access_scope s ON s.tenant_id = g.tenant_id AND s.id = g.scope_id
WHERE g.tenant_id = %(tenant)s"""

_IS_MEMBER = """
SELECT 1 FROM organizations_organizationmember
WHERE tenant_id = %s AND organization_id = %s AND user_id = %s"""

_HELD_ROLES = """
SELECT DISTINCT r.role_id
FROM organizations_organizationmember m
JOIN organizations_memberrole r ON r.tenant_id = m.tenant_id AND r.member_id = m.id
WHERE m.tenant_id = %(tenant)s AND m.user_id = %(user)s"""

_HELD_ROLES_IN_ONE = f"{_HELD_ROLES} AND m.organization_id = %(organization)s"

_USER_ORGANIZATIONS = """
SELECT o.id, o.name, o.description
FROM organizations_organizationmember m
JOIN organizations_organization o ON o.tenant_id = m.tenant_id AND o.id = m.organization_id
WHERE m.tenant_id = %s AND m.user_id = %s
ORDER BY m.created_at, o.id"""

_USER_ORGANIZATION_ROLES = """
SELECT m.organization_id || ':' || t.name
FROM organizations_organizationmember m
JOIN organizations_memberrole r ON r.tenant_id = m.tenant_id AND r.member_id = m.id
JOIN organizations_organizationrole t ON t.tenant_id = r.tenant_id AND t.id = r.role_id
WHERE m.tenant_id = %s AND m.user_id = %s
ORDER BY m.created_at, m.organization_id, t.name"""


def membership(*, user: str, organization: str) -> str:
    """Return the SQL of a column with a user's place in an organization, for `member_scopes_of`.

    `user` and `organization` are its words for their ids; `%(tenant)s` is the tenant.
    """
    return f"""
(SELECT jsonb_build_array(o.is_mfa_required, (SELECT coalesce(jsonb_agg(r.role_id), '[]')
   FROM organizations_memberrole r WHERE r.tenant_id = m.tenant_id AND r.member_id = m.id))
 FROM organizations_organizationmember m
 JOIN organizations_organization o ON o.tenant_id = m.tenant_id AND o.id = m.organization_id
 WHERE m.tenant_id = %(tenant)s AND m.organization_id = {organization} AND m.user_id = {user})"""  # noqa: S608 - our words


_MEMBERSHIP = "SELECT" + membership(user="%(user)s", organization="%(organization)s")

_NO_GRANTS = RoleGrants(frozenset(), {})


def _load_role_grants() -> Mapping[str, RoleGrants]:
    scopes: dict[str, set[str]] = {}
    resource_scopes: dict[str, dict[str, set[str]]] = {}
    for role_id, resource_id, name in fetch_all(_ROLE_SCOPES, {"tenant": current_tenant_id()}):
        if resource_id:
            resource_scopes.setdefault(role_id, {}).setdefault(resource_id, set()).add(name)
        else:
            scopes.setdefault(role_id, set()).add(name)
    return {
        role_id: RoleGrants(
            frozenset(scopes.get(role_id, ())),
            {resource: frozenset(names) for resource, names in resource_scopes.get(role_id, {}).items()},
        )
        for role_id in scopes.keys() | resource_scopes.keys()
    }


def role_grants() -> Mapping[str, RoleGrants]:
    """Return what each role of the template grants, by role id; cached until the configuration changes."""
    return cached("organizations.role_grants", None, _load_role_grants)


def scope_names_of_roles(role_ids: Iterable[str]) -> list[str]:
    """Return the organization permissions that the roles grant together, sorted. No statement once cached."""
    grants = role_grants()
    return sorted(set().union(*(grants.get(role_id, _NO_GRANTS).scopes for role_id in role_ids)))


def resource_scope_names_of_roles(role_ids: Iterable[str], resource_id: str) -> list[str]:
    """Return the API permissions on the resource that the roles grant together, sorted. No statement once cached."""
    grants = role_grants()
    held = (grants.get(role_id, _NO_GRANTS).resource_scopes.get(resource_id, frozenset()) for role_id in role_ids)
    return sorted(set().union(*held))


def is_member(user_id: str, organization_id: str) -> bool:
    """Whether the user belongs to the organization; `False` also where there is no such organization."""
    return fetch_one(_IS_MEMBER, [current_tenant_id(), organization_id, user_id]) is not None


def member_scopes(user_id: str, organization_id: str) -> MemberScopes | None:
    """Return the user's organization permissions there; `None` for a user who is not a member."""
    parameters = {"tenant": current_tenant_id(), "user": user_id, "organization": organization_id}
    row = fetch_one(_MEMBERSHIP, parameters)
    return member_scopes_of(None if row is None else row[0])


def member_scopes_of(place: str | None) -> MemberScopes | None:
    """Return what a column of `membership` says; `None` for a user who is not a member. No statement once cached."""
    if place is None:
        return None
    is_mfa_required, role_ids = json.loads(place)
    return MemberScopes(scope_names_of_roles(role_ids), is_mfa_required)


def organization_resource_scope_names(user_id: str, resource_id: str, organization_id: str | None) -> list[str]:
    """Return the permissions on the API resource that the user's organization roles grant.

    In that organization alone; in all of the user's organizations where none is named.
    """
    statement = _HELD_ROLES if organization_id is None else _HELD_ROLES_IN_ONE
    parameters = {"tenant": current_tenant_id(), "user": user_id, "organization": organization_id}
    role_ids = [role_id for (role_id,) in fetch_all(statement, parameters)]
    return resource_scope_names_of_roles(role_ids, resource_id)


def user_organizations(user_id: str) -> list[OrganizationSummary]:
    """Return the user's organizations, the oldest membership first."""
    return [OrganizationSummary(*row) for row in fetch_all(_USER_ORGANIZATIONS, [current_tenant_id(), user_id])]


def user_organization_roles(user_id: str) -> list[str]:
    """Return the user's roles in all organizations as `<organization id>:<role name>`, the form of the claim."""
    return [entry for (entry,) in fetch_all(_USER_ORGANIZATION_ROLES, [current_tenant_id(), user_id])]
