"""The hand-written SQL of what users and applications hold and where they may act: each function is one statement.

As in `hot.py`, every statement names the tenant beside the row security that holds anyway.
"""

from typing import NamedTuple

from tenants.context import current_tenant_id
from tenants.database.statements import fetch_all, fetch_one


class UserRoles(NamedTuple):
    """Ids of the roles a user holds."""

    global_roles: list[str]
    organization_roles: list[str]


def read_user_roles(user_id: str, organization_id: str | None) -> UserRoles:
    """Return the roles a user holds: global ones, and those in every organization or in one."""
    tenant_id = current_tenant_id()
    rows = fetch_all(
        """
SELECT true, role_id FROM identity_userrole WHERE tenant_id = %s AND user_id = %s
UNION ALL
SELECT false, r.role_id FROM organizations_organizationmember m
JOIN organizations_memberrole r ON r.tenant_id = m.tenant_id AND r.member_id = m.id
WHERE m.tenant_id = %s AND m.user_id = %s AND (%s::text IS NULL OR m.organization_id = %s)""",
        [tenant_id, user_id, tenant_id, user_id, organization_id, organization_id],
    )
    return UserRoles(
        [role for is_global, role in rows if is_global], [role for is_global, role in rows if not is_global]
    )


def read_consented_organizations(user_id: str, client_id: str) -> list[str]:
    """Return the organizations of a user that they let a third-party application into."""
    rows = fetch_all(
        """
SELECT m.organization_id FROM oidc_consentedorganization c
JOIN organizations_organizationmember m ON m.tenant_id = c.tenant_id AND m.id = c.member_id
WHERE c.tenant_id = %s AND c.application_id = %s AND m.user_id = %s""",
        [current_tenant_id(), client_id, user_id],
    )
    return [organization_id for (organization_id,) in rows]


def read_organizations_of_grant(grant_id: str) -> list[str]:
    """Return the organization that a client with a metadata document was let into with a grant, if any."""
    rows = fetch_all(
        """
SELECT m.organization_id FROM oidc_grantorganization c
JOIN organizations_organizationmember m ON m.tenant_id = c.tenant_id AND m.id = c.member_id
WHERE c.tenant_id = %s AND c.grant_id = %s""",
        [current_tenant_id(), grant_id],
    )
    return [organization_id for (organization_id,) in rows]


def read_consented_roles(user_id: str, client_id: str, organization_id: str | None) -> list[str]:
    """Return the roles a user holds in the organizations they let an application into: in all of them, or in one."""
    rows = fetch_all(
        """
SELECT DISTINCT r.role_id FROM oidc_consentedorganization c
JOIN organizations_organizationmember m ON m.tenant_id = c.tenant_id AND m.id = c.member_id
JOIN organizations_memberrole r ON r.tenant_id = m.tenant_id AND r.member_id = m.id
WHERE c.tenant_id = %s AND c.application_id = %s AND m.user_id = %s
  AND (%s::text IS NULL OR m.organization_id = %s)""",
        [current_tenant_id(), client_id, user_id, organization_id, organization_id],
    )
    return [role_id for (role_id,) in rows]


def is_admitted(user_id: str, client_id: str) -> bool:
    """Whether any access rule of an application names the user: in person, by a role, or by an organization."""
    row = fetch_one(
        """
SELECT EXISTS (SELECT FROM applications_applicationaccessuser a
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s AND a.user_id = %(user)s)
  OR EXISTS (SELECT FROM applications_applicationaccessrole a
    JOIN identity_userrole r ON r.tenant_id = a.tenant_id AND r.role_id = a.role_id
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s AND r.user_id = %(user)s)
  OR EXISTS (SELECT FROM applications_applicationaccessorganization a
    JOIN organizations_organizationmember m ON m.tenant_id = a.tenant_id AND m.organization_id = a.organization_id
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s AND m.user_id = %(user)s)
  OR EXISTS (SELECT FROM applications_applicationaccessorganizationrole a
    JOIN organizations_organizationmember m ON m.tenant_id = a.tenant_id AND m.organization_id = a.organization_id
    JOIN organizations_memberrole r ON r.tenant_id = m.tenant_id AND r.member_id = m.id AND r.role_id = a.role_id
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s AND m.user_id = %(user)s)""",
        {"tenant": current_tenant_id(), "client": client_id, "user": user_id},
    )
    return bool(row and row[0])


def read_application_roles(client_id: str, organization_id: str) -> list[str] | None:
    """Return the roles an application holds in an organization, `None` where it is not in it."""
    row = fetch_one(
        """
SELECT ARRAY(SELECT r.role_id FROM applications_organizationapplicationrole r
  WHERE r.tenant_id = a.tenant_id AND r.organization_application_id = a.id)
FROM applications_organizationapplication a
WHERE a.tenant_id = %s AND a.organization_id = %s AND a.application_id = %s""",
        [current_tenant_id(), organization_id, client_id],
    )
    return None if row is None else row[0]
