"""SQL about users and their global roles, for the statements of other rooms: their tables are named in this room alone.

Aliases and columns are the caller's own words; `tenant` and `user` are SQL that says the id.
"""

from access.sql import join_role, role_scopes_document
from identity.models import User
from tenants.database.rows import columns_of


def join_user(alias: str, *, tenant: str, user: str) -> str:
    """Return the `JOIN` of a user."""
    return f"JOIN identity_user {alias} ON {alias}.tenant_id = {tenant} AND {alias}.id = {user}"


def user_columns(alias: str) -> str:
    """Return what a statement selects of a user for `find_pair`. Call it once the models are loaded."""
    return columns_of(User, alias)


def held_roles(*, tenant: str, user: str) -> str:
    """Return the statement that selects the `role_id` of each global role of a user."""
    return f"SELECT held.role_id FROM identity_userrole held WHERE held.tenant_id = {tenant} AND held.user_id = {user}"  # noqa: S608 - identifiers come from code


def factor_types_document(*, tenant: str, user: str) -> str:
    """Return a JSON array with the types of the factors that a user has set up, each once, in order."""
    return f"""
(SELECT coalesce(jsonb_agg(DISTINCT factor.type), '[]')
 FROM identity_factor factor WHERE factor.tenant_id = {tenant} AND factor.user_id = {user})"""  # noqa: S608 - identifiers come from code


def role_names_document(*, tenant: str, user: str) -> str:
    """Return a JSON array with the names of a user's global roles, in order."""
    return f"""
(SELECT coalesce(jsonb_agg(role.name ORDER BY role.name), '[]')
 FROM identity_userrole held {join_role("role", tenant="held.tenant_id", role="held.role_id")}
 WHERE held.tenant_id = {tenant} AND held.user_id = {user})"""  # noqa: S608 - identifiers come from code


def roles_document(*, tenant: str, user: str) -> str:
    """Return a JSON array with a user's global roles, each with its permissions."""
    scopes = role_scopes_document(tenant="role.tenant_id", role="role.id")
    return f"""
(SELECT coalesce(jsonb_agg(jsonb_build_object('id', role.id, 'name', role.name, 'description', role.description,
    'scopes', {scopes}) ORDER BY role.name), '[]')
 FROM identity_userrole held {join_role("role", tenant="held.tenant_id", role="held.role_id")}
 WHERE held.tenant_id = {tenant} AND held.user_id = {user})"""  # noqa: S608 - identifiers come from code


def sso_identities_document(*, tenant: str, user: str) -> str:
    """Return the expression of a JSON list of a user's enterprise accounts, `{issuer, identityId, detail}`."""
    return f"""(
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'issuer', i.issuer, 'identityId', i.identity_id, 'detail', i.detail) ORDER BY i.created_at, i.id), '[]'::jsonb)
  FROM identity_ssoidentity i WHERE i.tenant_id = {tenant} AND i.user_id = {user})"""  # noqa: S608 - columns, no values
