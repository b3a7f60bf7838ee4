"""What claims are made of: a user's columns, roles and organizations in one hand-written statement."""

import json
from collections.abc import Sequence
from typing import Any

from tenants.context import current_tenant_id
from tenants.database.statements import fetch_one

PROFILE_COLUMNS = (
    "id",
    "name",
    "avatar",
    "username",
    "primary_email",
    "primary_phone",
    "profile",
    "created_at",
    "updated_at",
    "custom_data",
    "identities",
)
_RELATIONS = {
    "roles": """
(SELECT coalesce(jsonb_agg(r.name ORDER BY r.name), '[]') FROM identity_userrole ur
 JOIN access_role r ON r.tenant_id = ur.tenant_id AND r.id = ur.role_id
 WHERE ur.tenant_id = u.tenant_id AND ur.user_id = u.id)""",
    "organizations": """
(SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'description', o.description)
   ORDER BY m.created_at, o.id), '[]')
 FROM organizations_organizationmember m
 JOIN organizations_organization o ON o.tenant_id = m.tenant_id AND o.id = m.organization_id
 WHERE m.tenant_id = u.tenant_id AND m.user_id = u.id)""",
    "organization_roles": """
(SELECT coalesce(jsonb_agg(m.organization_id || ':' || r.name ORDER BY m.created_at, m.organization_id, r.name), '[]')
 FROM organizations_organizationmember m
 JOIN organizations_memberrole mr ON mr.tenant_id = m.tenant_id AND mr.member_id = m.id
 JOIN organizations_organizationrole r ON r.tenant_id = mr.tenant_id AND r.id = mr.role_id
 WHERE m.tenant_id = u.tenant_id AND m.user_id = u.id)""",
}
_JSON = frozenset({"profile", "custom_data", "identities", *_RELATIONS})


def read_profile(user_id: str, relations: Sequence[str]) -> dict[str, Any] | None:
    """Return a user's columns and, of `roles`, `organizations` and `organization_roles`, those that are asked for."""
    columns = [*(f"u.{name}" for name in PROFILE_COLUMNS), *(_RELATIONS[name] for name in relations)]
    statement = f"SELECT {', '.join(columns)} FROM identity_user u WHERE u.tenant_id = %s AND u.id = %s"  # noqa: S608
    row = fetch_one(statement, [current_tenant_id(), user_id])
    if row is None:
        return None
    return profile_of(row, relations)


def profile_of(row: Sequence[Any], relations: Sequence[str] = ()) -> dict[str, Any]:
    """Return a row of the columns of `PROFILE_COLUMNS` and of the relations, by name."""
    names = (*PROFILE_COLUMNS, *relations)
    return {name: json.loads(value) if name in _JSON else value for name, value in zip(names, row, strict=True)}
