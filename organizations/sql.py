"""SQL about memberships, for the statements of other rooms: the tables of organizations are named in this room alone.

Aliases and columns are the caller's own words; `tenant`, `user`, `organization` and `member` are SQL that says the id.
"""


def join_member(alias: str, *, tenant: str, member: str) -> str:
    """Return the `JOIN` of a membership, by its own id."""
    return f"JOIN organizations_organizationmember {alias} ON {alias}.tenant_id = {tenant} AND {alias}.id = {member}"


def join_members(alias: str, *, tenant: str, organization: str) -> str:
    """Return the `JOIN` of all memberships of an organization."""
    on = f"{alias}.tenant_id = {tenant} AND {alias}.organization_id = {organization}"
    return f"JOIN organizations_organizationmember {alias} ON {on}"


def join_member_roles(alias: str, *, tenant: str, member: str) -> str:
    """Return the `JOIN` of the roles that a member holds, each a `role_id`."""
    return f"JOIN organizations_memberrole {alias} ON {alias}.tenant_id = {tenant} AND {alias}.member_id = {member}"


def member_roles_document(*, tenant: str, member: str) -> str:
    """Return a JSON array with the roles that a member holds, by name, each with its id."""
    return f"""
(SELECT coalesce(json_agg(json_build_object('id', role.id, 'name', role.name) ORDER BY role.name), '[]')
 FROM organizations_memberrole held
 JOIN organizations_organizationrole role ON role.tenant_id = held.tenant_id AND role.id = held.role_id
 WHERE held.tenant_id = {tenant} AND held.member_id = {member})"""  # noqa: S608 - identifiers come from code


def held_roles(*, tenant: str, user: str) -> str:
    """Return the statement that selects the `role_id` of each role a user holds in organizations, as members `m`."""
    return f"""
SELECT held.role_id FROM organizations_organizationmember m
{join_member_roles("held", tenant="m.tenant_id", member="m.id")}
WHERE m.tenant_id = {tenant} AND m.user_id = {user}"""  # noqa: S608 - identifiers come from code


def membership_document(*, tenant: str, user: str, organization: str) -> str:
    """Return a JSON document with a user's place in an organization, for `member_scopes_of`; null for none."""
    return f"""
(SELECT jsonb_build_object('is_mfa_required', o.is_mfa_required, 'role_ids', (
   SELECT coalesce(jsonb_agg(r.role_id), '[]')
   FROM organizations_memberrole r WHERE r.tenant_id = m.tenant_id AND r.member_id = m.id))
 FROM organizations_organizationmember m
 JOIN organizations_organization o ON o.tenant_id = m.tenant_id AND o.id = m.organization_id
 WHERE m.tenant_id = {tenant} AND m.organization_id = {organization} AND m.user_id = {user})"""  # noqa: S608 - identifiers come from code


def organizations_document(*, tenant: str, user: str) -> str:
    """Return a JSON array with a user's organizations, the oldest membership first."""
    return f"""
(SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'description', o.description)
   ORDER BY m.created_at, o.id), '[]')
 FROM organizations_organizationmember m
 JOIN organizations_organization o ON o.tenant_id = m.tenant_id AND o.id = m.organization_id
 WHERE m.tenant_id = {tenant} AND m.user_id = {user})"""  # noqa: S608 - identifiers come from code


def organization_roles_document(entry: str, *, tenant: str, user: str) -> str:
    """Return a JSON array with an entry for each role `r` that a user holds as a member `m` of an organization."""
    return f"""
(SELECT coalesce(jsonb_agg({entry} ORDER BY m.created_at, m.organization_id, r.name), '[]')
 FROM organizations_organizationmember m
 {join_member_roles("held", tenant="m.tenant_id", member="m.id")}
 JOIN organizations_organizationrole r ON r.tenant_id = held.tenant_id AND r.id = held.role_id
 WHERE m.tenant_id = {tenant} AND m.user_id = {user})"""  # noqa: S608 - identifiers come from code
