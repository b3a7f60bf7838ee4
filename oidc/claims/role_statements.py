"""The hand-written SQL of what users hold and where a third party may act for them: each function is one statement.

Every statement names the tenant in addition to the row security that holds anyway.
"""

from typing import NamedTuple

from identity import sql as identity_sql
from organizations import sql as organizations_sql
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_all, fetch_values


class UserRoles(NamedTuple):
    """Ids of the roles a user holds."""

    global_roles: list[str]
    organization_roles: list[str]


class _HeldRole(NamedTuple):
    is_global: bool
    role_id: str


_USER = {"tenant": "%(tenant)s", "user": "%(user)s"}
_IN_ORGANIZATION = "(%(organization)s::text IS NULL OR m.organization_id = %(organization)s)"

_USER_ROLES = f"""
SELECT true AS is_global, global.role_id FROM ({identity_sql.held_roles(**_USER)}) global
UNION ALL
SELECT false, local.role_id FROM ({organizations_sql.held_roles(**_USER)} AND {_IN_ORGANIZATION}) local"""  # noqa: S608 - identifiers come from code

_CHOSEN_MEMBER = organizations_sql.join_member("m", tenant="c.tenant_id", member="c.member_id")

_CONSENTED_ORGANIZATIONS = f"""
SELECT m.organization_id FROM oidc_consentedorganization c {_CHOSEN_MEMBER}
WHERE c.tenant_id = %(tenant)s AND c.application_id = %(client)s AND m.user_id = %(user)s"""  # noqa: S608 - identifiers come from code

_GRANT_ORGANIZATIONS = f"""
SELECT m.organization_id FROM oidc_grantorganization c {_CHOSEN_MEMBER}
WHERE c.tenant_id = %(tenant)s AND c.grant_id = %(grant)s"""  # noqa: S608 - identifiers come from code

_CONSENTED_ROLES = f"""
SELECT DISTINCT r.role_id FROM oidc_consentedorganization c {_CHOSEN_MEMBER}
{organizations_sql.join_member_roles("r", tenant="m.tenant_id", member="m.id")}
WHERE c.tenant_id = %(tenant)s AND c.application_id = %(client)s AND m.user_id = %(user)s
  AND {_IN_ORGANIZATION}"""  # noqa: S608 - identifiers come from code


def read_user_roles(user_id: str, organization_id: str | None) -> UserRoles:
    """Return the roles a user holds: global ones, and those in every organization or in one."""
    parameters = {"tenant": current_tenant_id(), "user": user_id, "organization": organization_id}
    held = fetch_all(_HeldRole, _USER_ROLES, parameters)
    return UserRoles(
        [role.role_id for role in held if role.is_global], [role.role_id for role in held if not role.is_global]
    )


def read_consented_organizations(user_id: str, client_id: str) -> list[str]:
    """Return the organizations of a user that they let a third-party application into."""
    parameters = {"tenant": current_tenant_id(), "client": client_id, "user": user_id}
    return fetch_values(_CONSENTED_ORGANIZATIONS, parameters)


def read_organizations_of_grant(grant_id: str) -> list[str]:
    """Return the organization that a client with a metadata document was let into with a grant, if any."""
    return fetch_values(_GRANT_ORGANIZATIONS, {"tenant": current_tenant_id(), "grant": grant_id})


def read_consented_roles(user_id: str, client_id: str, organization_id: str | None) -> list[str]:
    """Return the roles a user holds in the organizations they let an application into: in all of them, or in one."""
    parameters = {
        "tenant": current_tenant_id(),
        "client": client_id,
        "user": user_id,
        "organization": organization_id,
    }
    return fetch_values(_CONSENTED_ROLES, parameters)
