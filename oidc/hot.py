"""The hand-written SQL of the token path: each function is one statement.

The ORM costs several times the statement it sends; here that would be most of a request. Every statement names the
tenant beside the row security that holds anyway.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from common.ids import new_id
from oidc.profiles import PROFILE_COLUMNS, profile_of
from tenants.context import current_tenant_id
from tenants.database.statements import NewRow, fetch_all, fetch_one, new_row, write_rows


class Standing(NamedTuple):
    """The state of everything a code or token depends on."""

    client_id: str
    user_id: str
    grant_id: str
    is_user_suspended: bool
    expires_at: datetime
    grant_expires_at: datetime
    grant_revoked_at: datetime | None
    expires_with_session: bool
    session_expires_at: datetime | None


class GrantedScopes(NamedTuple):
    """What the user granted: OIDC scopes, and scopes by resource indicator."""

    statics: frozenset[str]
    by_resource: dict[str, list[str]]


class Credential(NamedTuple):
    """A code, of a browser or of a device, or a refresh token, as stored; what only one kind has is empty in others."""

    id: str
    standing: Standing
    granted: GrantedScopes
    session_id: str | None
    sid: str
    scope: str
    resources: list[str]
    nonce: str
    auth_time: datetime
    auth_time_requested: bool
    consumed_at: datetime | None
    created_at: datetime
    family_started_at: datetime
    redirect_uri: str
    code_challenge: str
    code_challenge_method: str
    # How the user signed in (RFC 8176), and the key it is bound to (RFC 9449).
    amr: str = ""
    dpop_jkt: str = ""
    # The one the user signed in to.
    organization_id: str = ""
    # Claims that were asked for by name, as `RequestedClaims` keeps them.
    claims: str = ""
    # The user's columns, for `profile_of`.
    profile: tuple[Any, ...] = ()


class OpaqueToken(NamedTuple):
    """An opaque access token or a refresh token, as userinfo, introspection and revocation see it."""

    kind: str
    id: str
    standing: Standing
    scope: str
    sid: str
    created_at: datetime
    is_spent: bool
    extra_claims: dict[str, Any]
    dpop_jkt: str = ""
    claims: str = ""
    # The user's columns, where they were asked for.
    profile: Mapping[str, Any] | None = None

    @property
    def client_id(self) -> str:
        return self.standing.client_id

    @property
    def user_id(self) -> str:
        return self.standing.user_id


class UserRoles(NamedTuple):
    """Ids of the roles a user holds."""

    global_roles: list[str]
    organization_roles: list[str]


# The columns of `Standing` and `GrantedScopes`, and where they come from; `t` is the token.
_CLIENT = "coalesce(nullif(g.cimd_client_id, ''), t.application_id)"
_STANDING = f"""
{_CLIENT}, t.user_id, t.grant_id, u.is_suspended, t.expires, g.expires_at, g.revoked_at"""
_JOINS = """
JOIN oidc_grant g ON g.tenant_id = t.tenant_id AND g.id = t.grant_id
JOIN identity_user u ON u.tenant_id = t.tenant_id AND u.id = t.user_id
LEFT JOIN oidc_session s ON s.tenant_id = t.tenant_id AND s.id = t.session_id"""

_PROFILE = ", ".join(f"u.{name}" for name in PROFILE_COLUMNS)

_READ_CODE = f"""
SELECT t.id, {_STANDING}, false, s.expires_at, g.scopes, g.resource_scopes, t.session_id, t.sid, t.scope,
  t.resource, t.nonce, t.auth_time, t.auth_time_requested, t.consumed_at, t.created, t.created,
  t.redirect_uri, t.code_challenge, t.code_challenge_method, t.amr, t.dpop_jkt, t.organization_id, t.claims, {_PROFILE}
FROM oidc_authorizationcode t {_JOINS}
WHERE t.code = %s AND t.tenant_id = %s"""  # noqa: S608 - our words

_READ_DEVICE_CODE = f"""
SELECT t.id, {_STANDING}, t.expires_with_session, s.expires_at, g.scopes, g.resource_scopes, t.session_id, t.sid,
  t.scope, t.resource, t.nonce, t.auth_time, t.auth_time_requested, t.consumed_at, t.created, t.created,
  '', '', '', t.amr, '', t.organization_id, '', {_PROFILE}
FROM oidc_devicegrant t {_JOINS}
WHERE t.device_code = %s AND t.tenant_id = %s"""  # noqa: S608 - our words

_READ_REFRESH_TOKEN = f"""
SELECT t.id, {_STANDING}, t.expires_with_session, s.expires_at, g.scopes, g.resource_scopes,
  t.session_id, t.sid, t.scope, t.resource, t.nonce, t.auth_time, t.auth_time_requested, t.consumed_at, t.created,
  t.family_started_at, '', '', '', t.amr, t.dpop_jkt, t.organization_id, t.claims, {_PROFILE}
FROM oidc_refreshtoken t {_JOINS}
WHERE t.token_checksum = %s AND t.tenant_id = %s AND t.revoked IS NULL"""  # noqa: S608 - our words

# An access token of a token exchange has no grant.
_READ_TOKEN = f"""
SELECT 'AccessToken', t.id, {_CLIENT}, t.user_id, coalesce(t.grant_id, ''), u.is_suspended, t.expires,
  coalesce(g.expires_at, t.expires), g.revoked_at, t.expires_with_session, s.expires_at, t.scope, '', t.created,
  false, t.extra_claims, t.dpop_jkt, t.claims
FROM oidc_accesstoken t LEFT {_JOINS.lstrip()}
WHERE t.token_checksum = %(digest)s AND t.tenant_id = %(tenant)s AND (t.grant_id IS NULL OR g.id IS NOT NULL)"""  # noqa: S608 - our words

_READ_TOKEN_WITH_PROFILE = _READ_TOKEN.replace("t.claims\n", f"t.claims, {_PROFILE}\n", 1)

_READ_ANY_TOKEN = f"""
{_READ_TOKEN} UNION ALL
SELECT 'RefreshToken', t.id, {_STANDING}, t.expires_with_session, s.expires_at, t.scope, t.sid, t.created,
  t.consumed_at IS NOT NULL OR t.revoked IS NOT NULL, '{{}}'::jsonb, t.dpop_jkt, t.claims
FROM oidc_refreshtoken t {_JOINS}
WHERE t.token_checksum = %(digest)s AND t.tenant_id = %(tenant)s"""  # noqa: S608 - our words


def _credential(row: tuple[Any, ...] | None) -> Credential | None:
    if row is None:
        return None
    values = row[: -len(PROFILE_COLUMNS)]
    granted = GrantedScopes(frozenset(json.loads(values[10])), json.loads(values[11]))
    resources = json.loads(values[15])
    held: list[Any] = [values[0], Standing(*values[1:10]), granted, *values[12:15], resources, *values[16:]]
    return Credential._make([*held, row[len(values) :]])


def read_code(digest: str) -> Credential | None:
    """Return the authorization code with this digest."""
    return _credential(fetch_one(_READ_CODE, [digest, current_tenant_id()]))


def read_device_code(digest: str) -> Credential | None:
    """Return what a user has granted to the device whose code has this digest; `None` where nobody has."""
    return _credential(fetch_one(_READ_DEVICE_CODE, [digest, current_tenant_id()]))


def read_refresh_token(digest: str) -> Credential | None:
    """Return the refresh token with this digest."""
    return _credential(fetch_one(_READ_REFRESH_TOKEN, [digest, current_tenant_id()]))


def read_token(digest: str, *, with_refresh_tokens: bool = False) -> OpaqueToken | None:
    """Return the opaque access token, or on request also the refresh token, with this digest."""
    sql = _READ_ANY_TOKEN if with_refresh_tokens else _READ_TOKEN
    row = fetch_one(sql, {"digest": digest, "tenant": current_tenant_id()})
    return None if row is None else _opaque_token(row)


def _opaque_token(row: tuple[Any, ...]) -> OpaqueToken:
    held: list[Any] = [*row[:2], Standing(*row[2:11]), *row[11:15], json.loads(row[15]), *row[16:18]]
    return OpaqueToken._make([*held, None])


def read_token_with_profile(digest: str) -> OpaqueToken | None:
    """Return the opaque access token with this digest, and its user's columns."""
    row = fetch_one(_READ_TOKEN_WITH_PROFILE, {"digest": digest, "tenant": current_tenant_id()})
    if row is None:
        return None
    held = len(row) - len(PROFILE_COLUMNS)
    return _opaque_token(row[:held])._replace(profile=profile_of(row[held:]))


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
SELECT EXISTS (SELECT FROM oidc_applicationaccessuser a
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s AND a.user_id = %(user)s)
  OR EXISTS (SELECT FROM oidc_applicationaccessrole a
    JOIN identity_userrole r ON r.tenant_id = a.tenant_id AND r.role_id = a.role_id
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s AND r.user_id = %(user)s)
  OR EXISTS (SELECT FROM oidc_applicationaccessorganization a
    JOIN organizations_organizationmember m ON m.tenant_id = a.tenant_id AND m.organization_id = a.organization_id
    WHERE a.tenant_id = %(tenant)s AND a.application_id = %(client)s AND m.user_id = %(user)s)
  OR EXISTS (SELECT FROM oidc_applicationaccessorganizationrole a
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
SELECT ARRAY(SELECT r.role_id FROM oidc_organizationapplicationrole r
  WHERE r.tenant_id = a.tenant_id AND r.organization_application_id = a.id)
FROM oidc_organizationapplication a
WHERE a.tenant_id = %s AND a.organization_id = %s AND a.application_id = %s""",
        [current_tenant_id(), organization_id, client_id],
    )
    return None if row is None else row[0]


# Every row follows from the use of a code or refresh token: no use, no row, in one statement that is a transaction.
_USE_CODE = """
done AS (UPDATE oidc_authorizationcode SET consumed_at = %s WHERE id = %s AND tenant_id = %s AND consumed_at IS NULL
  RETURNING consumed_at),
fit AS (SELECT FROM done)"""

# The row stays locked until the statement ends, so two refreshes at once agree on who was first.
_USE_REFRESH_TOKEN = """
done AS (UPDATE oidc_refreshtoken SET consumed_at = coalesce(consumed_at, %s) WHERE id = %s AND tenant_id = %s
  RETURNING consumed_at),
fit AS (SELECT FROM done WHERE consumed_at >= %s)"""


def redeem_code(code_id: str, *, moment: datetime, rows: Sequence[NewRow]) -> bool:
    """Mark a code as used and write the rows that follow from it; false, and nothing done, where somebody was first."""
    parameters = [moment, code_id, current_tenant_id()]
    used_at = write_rows(rows, when=_USE_CODE, parameters=parameters, result="consumed_at")
    return used_at is not None


def redeem_refresh_token(
    token_id: str, *, moment: datetime, first_use_after: datetime, rows: Sequence[NewRow]
) -> datetime | None:
    """Mark a refresh token as used and return when that first happened; `None` where the token is gone.

    The rows are written unless that was before `first_use_after`.
    """
    parameters = [moment, token_id, current_tenant_id(), first_use_after]
    used_at = write_rows(rows, when=_USE_REFRESH_TOKEN, parameters=parameters, result="consumed_at")
    return cast(datetime | None, used_at)


def new_access_token(
    digest: str,
    *,
    user_id: str,
    application_id: str,
    grant_id: str | None,
    session_id: str | None,
    scope: str,
    extra_claims: Mapping[str, Any],
    dpop_jkt: str,
    claims: str,
    moment: datetime,
    expires_at: datetime,
    expires_with_session: bool,
) -> NewRow:
    """Return the row of an opaque access token; one issued for a code or refresh token has that one's grant."""
    return new_row(
        "oidc_accesstoken",
        id=new_id(),
        tenant_id=current_tenant_id(),
        token_checksum=digest,
        user_id=user_id,
        application_id=application_id,
        grant_id=grant_id,
        session_id=session_id,
        scope=scope,
        dpop_jkt=dpop_jkt,
        claims=claims,
        expires_with_session=expires_with_session,
        expires=expires_at,
        created=moment,
        updated=moment,
        json={"resource": "[]", "extra_claims": json.dumps(extra_claims)},
    )


def new_refresh_token(
    digest: str,
    source: Credential,
    *,
    application_id: str,
    dpop_jkt: str,
    moment: datetime,
    expires_at: datetime,
    family_started_at: datetime,
    expires_with_session: bool,
) -> NewRow:
    """Return the row of a refresh token; it inherits from a code or predecessor what was granted, asked and proven."""
    return new_row(
        "oidc_refreshtoken",
        id=new_id(),
        tenant_id=current_tenant_id(),
        token_checksum=digest,
        user_id=source.standing.user_id,
        application_id=application_id,
        grant_id=source.standing.grant_id,
        session_id=source.session_id,
        scope=source.scope,
        nonce=source.nonce,
        sid=source.sid,
        auth_time=source.auth_time,
        auth_time_requested=source.auth_time_requested,
        amr=source.amr,
        organization_id=source.organization_id,
        dpop_jkt=dpop_jkt,
        claims=source.claims,
        family_started_at=family_started_at,
        expires=expires_at,
        expires_with_session=expires_with_session,
        created=moment,
        updated=moment,
        json={"resource": json.dumps(source.resources)},
    )
