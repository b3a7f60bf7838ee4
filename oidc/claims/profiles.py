"""What claims are made of: a user's columns, roles and organizations, read in the statement that reads the token."""

from collections.abc import Mapping

from applications.scopes import IDENTITIES, ORGANIZATION_ROLES, ORGANIZATIONS, ROLES
from identity.sql import role_names_document, sso_identities_document
from oidc.credentials.stored import UserProfile
from organizations.sql import organization_roles_document, organizations_document

_USER = {"tenant": "u.tenant_id", "user": "u.id"}
_RELATIONS = {
    "roles": role_names_document(**_USER),
    "sso_identities": sso_identities_document(**_USER),
    "organizations": organizations_document(**_USER),
    "organization_roles": organization_roles_document("m.organization_id || ':' || r.name", **_USER),
}
_SCOPES = {
    "roles": ROLES,
    "sso_identities": IDENTITIES,
    "organizations": ORGANIZATIONS,
    "organization_roles": ORGANIZATION_ROLES,
}
# The claims that are made of a relation and can be asked for by name.
_CLAIMS = {
    "roles": ("roles",),
    "sso_identities": ("sso_identities",),
    "organizations": ("organizations", "organization_data"),
    "organization_roles": ("organization_roles",),
}


def _where_wanted(relation: str, *, by_name: bool) -> str:
    wanted = [f"'{_SCOPES[relation]}' = ANY(string_to_array(t.scope, ' '))"]
    if by_name:
        # The claims are kept as JSON, in which a name stands in quotation marks.
        wanted += [f"position('\"{claim}\"' IN t.claims) > 0" for claim in _CLAIMS[relation]]
    return f"CASE WHEN {' OR '.join(wanted)} THEN {_RELATIONS[relation]} END"


def _columns(*, by_name: bool) -> dict[str, str]:
    return {
        name: _where_wanted(name, by_name=by_name) if name in _RELATIONS else f"u.{name}"
        for name in UserProfile._fields
    }


def _selected(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{column} AS profile_{name}" for name, column in columns.items())


# What a statement selects of a token `t` and its user `u` for a field `profile`; the second is for what keeps no claims
# that were asked for by name.
PROFILE = _selected(_columns(by_name=True))
PROFILE_BY_SCOPE = _selected(_columns(by_name=False))
# For a token that wants none of the relations: PostgreSQL makes ready for each that a statement names, wanted or not.
PROFILE_WITHOUT_RELATIONS = _selected(_columns(by_name=True) | dict.fromkeys(_RELATIONS, "NULL::jsonb"))


def has_relations(profile: UserProfile) -> bool:
    """Whether any relation was asked for."""
    return any(getattr(profile, name) is not None for name in _RELATIONS)
