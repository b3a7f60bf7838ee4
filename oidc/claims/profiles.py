"""What claims are made of: a user's columns, roles and organizations, read in the statement that reads the token."""

import json
from collections.abc import Sequence
from typing import Any

from applications.scopes import ORGANIZATION_ROLES, ORGANIZATIONS, ROLES

_COLUMNS = (
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
_SCOPES = {"roles": ROLES, "organizations": ORGANIZATIONS, "organization_roles": ORGANIZATION_ROLES}
# The claims that are made of a relation and can be asked for by name.
_CLAIMS = {
    "roles": ("roles",),
    "organizations": ("organizations", "organization_data"),
    "organization_roles": ("organization_roles",),
}
_NAMES = (*_COLUMNS, *_RELATIONS)
_JSON = frozenset({"profile", "custom_data", "identities", *_RELATIONS})


def _where_wanted(relation: str, *, by_name: bool) -> str:
    wanted = [f"'{_SCOPES[relation]}' = ANY(string_to_array(t.scope, ' '))"]
    if by_name:
        # The claims are kept as JSON, in which a name stands in quotation marks.
        wanted += [f"position('\"{claim}\"' IN t.claims) > 0" for claim in _CLAIMS[relation]]
    return f"CASE WHEN {' OR '.join(wanted)} THEN {_RELATIONS[relation]} END"


def _profile(*, by_name: bool) -> str:
    relations = (_where_wanted(relation, by_name=by_name) for relation in _RELATIONS)
    return ", ".join([*(f"u.{name}" for name in _COLUMNS), *relations])


# What a statement selects of a token `t` and its user `u`, for `profile_of`: how many columns, and their words. The
# second is for what keeps no claims that were asked for by name.
PROFILE_WIDTH = len(_NAMES)
PROFILE = _profile(by_name=True)
PROFILE_BY_SCOPE = _profile(by_name=False)


def profile_of(row: Sequence[Any]) -> dict[str, Any]:
    """Return the columns of `PROFILE` by name; a relation that nothing asked for is not among them."""
    return {
        name: json.loads(value) if name in _JSON else value
        for name, value in zip(_NAMES, row, strict=True)
        if value is not None or name not in _RELATIONS
    }
