"""Reads of the token endpoint and of authorizations: one hand-written statement each."""

from typing import cast

from identity import sql as identity_sql
from organizations.sql import join_member_roles, join_members
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_value

_MEMBERS = join_members("m", tenant="a.tenant_id", organization="a.organization_id")
_ADMISSION = f"""
SELECT EXISTS (SELECT FROM applications_applicationaccessuser a
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s AND a.user_id = %(user)s)
  OR EXISTS (SELECT FROM applications_applicationaccessrole a
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s
      AND a.role_id IN ({identity_sql.held_roles(tenant="%(tenant)s", user="%(user)s")}))
  OR EXISTS (SELECT FROM applications_applicationaccessorganization a {_MEMBERS}
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s AND m.user_id = %(user)s)
  OR EXISTS (SELECT FROM applications_applicationaccessorganizationrole a {_MEMBERS}
    {join_member_roles("r", tenant="m.tenant_id", member="m.id")} AND r.role_id = a.role_id
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s AND m.user_id = %(user)s)"""  # noqa: S608 - identifiers come from code

_ROLES = """
SELECT ARRAY(SELECT r.role_id FROM applications_organizationapplicationrole r
  WHERE r.tenant_id = a.tenant_id AND r.organization_application_id = a.id)
FROM applications_organizationapplication a
WHERE a.tenant_id = %(tenant)s AND a.organization_id = %(organization)s AND a.application_id = %(client)s"""


def is_admitted(user_id: str, client_id: str) -> bool:
    """Whether any access rule of an application names the user: in person, by a role, or by an organization."""
    return bool(fetch_value(_ADMISSION, {"tenant": current_tenant_id(), "client": client_id, "user": user_id}))


def read_application_roles(client_id: str, organization_id: str) -> list[str] | None:
    """Return the roles an application holds in an organization, `None` if it is not in it."""
    parameters = {"tenant": current_tenant_id(), "organization": organization_id, "client": client_id}
    return cast(list[str] | None, fetch_value(_ROLES, parameters))
