"""SQL about roles and permissions, for the statements of other rooms: their tables are named in this room alone.

Aliases and columns are the caller's own words; `tenant` and `role` are SQL that says the id.
"""


def join_role(alias: str, *, tenant: str, role: str) -> str:
    """Return the `JOIN` of a global role."""
    return f"JOIN access_role {alias} ON {alias}.tenant_id = {tenant} AND {alias}.id = {role}"


def join_scope(alias: str, *, tenant: str, scope: str) -> str:
    """Return the `JOIN` of a permission on an API resource."""
    return f"JOIN access_scope {alias} ON {alias}.tenant_id = {tenant} AND {alias}.id = {scope}"


def role_scopes_document(*, tenant: str, role: str) -> str:
    """Return a JSON array with the permissions that a global role grants, each with its API resource."""
    return f"""
(SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'description', s.description,
    'resourceId', a.id, 'resource', jsonb_build_object('tenantId', a.tenant_id, 'id', a.id, 'name', a.name,
      'indicator', a.indicator, 'isDefault', a.is_default, 'accessTokenTtl', a.access_token_ttl,
      'accessTokenHeaderType', a.access_token_header_type))
  ORDER BY a.indicator, s.name), '[]')
 FROM access_rolescope rs
 JOIN access_scope s ON s.tenant_id = rs.tenant_id AND s.id = rs.scope_id
 JOIN access_resource a ON a.tenant_id = s.tenant_id AND a.id = s.resource_id
 WHERE rs.tenant_id = {tenant} AND rs.role_id = {role})"""  # noqa: S608 - identifiers come from code
