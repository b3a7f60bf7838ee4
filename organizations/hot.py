"""Reads of the token endpoint, of claims and of the sign-in page: one hand-written statement each.

What roles grant is configuration and comes from the versioned cache, so a statement only finds the roles held.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from access.sql import join_scope
from organizations.sql import membership_document
from tenants.configuration import cached
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_all, fetch_value


class MemberScopes(NamedTuple):
    """What a member may do in an organization, and whether the organization requires MFA."""

    names: list[str]
    is_mfa_required: bool


_HAS_DISTRUSTFUL = """
SELECT EXISTS (SELECT FROM organizations_organizationmember m
 JOIN organizations_organization o ON o.tenant_id = m.tenant_id AND o.id = m.organization_id
 WHERE m.tenant_id = %s AND m.user_id = %s AND NOT o.is_trusted_device_allowed)"""


class RoleGrants(NamedTuple):
    """What one role of the template grants: organization permissions, and API permissions by resource id."""

    scopes: frozenset[str]
    resource_scopes: Mapping[str, frozenset[str]]


class _Grant(NamedTuple):
    role_id: str
    resource_id: str
    name: str


_ROLE_SCOPES = f"""
SELECT g.role_id, '' AS resource_id, s.name
FROM organizations_organizationrolescope g
JOIN organizations_organizationscope s ON s.tenant_id = g.tenant_id AND s.id = g.scope_id
WHERE g.tenant_id = %(tenant)s
UNION ALL
SELECT g.role_id, s.resource_id, s.name
FROM organizations_organizationroleresourcescope g
{join_scope("s", tenant="g.tenant_id", scope="g.scope_id")}
WHERE g.tenant_id = %(tenant)s"""  # noqa: S608 - identifiers come from code

_IS_MEMBER = """
SELECT 1 FROM organizations_organizationmember
WHERE tenant_id = %s AND organization_id = %s AND user_id = %s"""

_REQUIRES_MFA = """
SELECT 1 FROM organizations_organizationmember m
JOIN organizations_organization o ON o.tenant_id = m.tenant_id AND o.id = m.organization_id
WHERE m.tenant_id = %s AND m.user_id = %s AND o.is_mfa_required LIMIT 1"""

_MEMBERSHIP = "SELECT" + membership_document(tenant="%(tenant)s", user="%(user)s", organization="%(organization)s")

_NO_GRANTS = RoleGrants(frozenset(), {})


def _load_role_grants() -> Mapping[str, RoleGrants]:
    scopes: dict[str, set[str]] = {}
    resource_scopes: dict[str, dict[str, set[str]]] = {}
    for grant in fetch_all(_Grant, _ROLE_SCOPES, {"tenant": current_tenant_id()}):
        if grant.resource_id:
            resource_scopes.setdefault(grant.role_id, {}).setdefault(grant.resource_id, set()).add(grant.name)
        else:
            scopes.setdefault(grant.role_id, set()).add(grant.name)
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
    return fetch_value(_IS_MEMBER, [current_tenant_id(), organization_id, user_id]) is not None


def belongs_to_mfa_organization(user_id: str) -> bool:
    """Whether an organization that the user belongs to requires a second factor."""
    return fetch_value(_REQUIRES_MFA, [current_tenant_id(), user_id]) is not None


def member_scopes(user_id: str, organization_id: str) -> MemberScopes | None:
    """Return the user's organization permissions there; `None` for a user who is not a member."""
    parameters = {"tenant": current_tenant_id(), "user": user_id, "organization": organization_id}
    return member_scopes_of(fetch_value(_MEMBERSHIP, parameters))


def member_scopes_of(place: Mapping[str, Any] | None) -> MemberScopes | None:
    """Return what a `membership_document` says; `None` for a user who is not a member. No statement once cached."""
    if place is None:
        return None
    return MemberScopes(scope_names_of_roles(place["role_ids"]), place["is_mfa_required"])


def allows_trusted_devices(user_id: str) -> bool:
    """Whether no organization of the user refuses that a trusted device stands in for a second factor. 1 statement."""
    return not fetch_value(_HAS_DISTRUSTFUL, [current_tenant_id(), user_id])
