"""The hand-written SQL of the token path: each function is one statement.

The ORM costs several times the statement it sends; here that would be most of a request. Every statement names the
tenant beside the row security that holds anyway.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from common.ids import new_id
from tenants.context import current_tenant_id


def _row(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _write(sql: str, parameters: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


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
    """An authorization code or a refresh token, as stored; what only one of them has is empty in the other."""

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
_STANDING = """
t.application_id, t.user_id, t.grant_id, u.is_suspended, t.expires, g.expires_at, g.revoked_at"""
_JOINS = """
JOIN oidc_grant g ON g.tenant_id = t.tenant_id AND g.id = t.grant_id
JOIN identity_user u ON u.tenant_id = t.tenant_id AND u.id = t.user_id
LEFT JOIN oidc_session s ON s.tenant_id = t.tenant_id AND s.id = t.session_id"""

_READ_CODE = f"""
SELECT t.id, {_STANDING}, false, s.expires_at, g.scopes, g.resource_scopes, t.session_id, t.sid, t.scope,
  t.resource, t.nonce, t.auth_time, t.auth_time_requested, t.consumed_at, t.created, t.created,
  t.redirect_uri, t.code_challenge, t.code_challenge_method
FROM oidc_authorizationcode t {_JOINS}
WHERE t.code = %s AND t.tenant_id = %s"""  # noqa: S608 - our words

_READ_REFRESH_TOKEN = f"""
SELECT t.id, {_STANDING}, t.expires_with_session, s.expires_at, g.scopes, g.resource_scopes,
  t.session_id, t.sid, t.scope, t.resource, t.nonce, t.auth_time, t.auth_time_requested, t.consumed_at, t.created,
  t.family_started_at, '', '', ''
FROM oidc_refreshtoken t {_JOINS}
WHERE t.token_checksum = %s AND t.tenant_id = %s AND t.revoked IS NULL"""  # noqa: S608 - our words

_READ_TOKEN = f"""
SELECT 'AccessToken', t.id, {_STANDING}, t.expires_with_session, s.expires_at, t.scope, '', t.created,
  false, t.extra_claims
FROM oidc_accesstoken t {_JOINS}
WHERE t.token_checksum = %(digest)s AND t.tenant_id = %(tenant)s"""  # noqa: S608 - our words

_READ_ANY_TOKEN = f"""
{_READ_TOKEN} UNION ALL
SELECT 'RefreshToken', t.id, {_STANDING}, t.expires_with_session, s.expires_at, t.scope, t.sid, t.created,
  t.consumed_at IS NOT NULL OR t.revoked IS NOT NULL, '{{}}'::jsonb
FROM oidc_refreshtoken t {_JOINS}
WHERE t.token_checksum = %(digest)s AND t.tenant_id = %(tenant)s"""  # noqa: S608 - our words


def _credential(row: tuple[Any, ...] | None) -> Credential | None:
    if row is None:
        return None
    granted = GrantedScopes(frozenset(json.loads(row[10])), json.loads(row[11]))
    resources = json.loads(row[15])
    return Credential._make([row[0], Standing(*row[1:10]), granted, *row[12:15], resources, *row[16:]])


def read_code(digest: str) -> Credential | None:
    """Return the authorization code with this digest."""
    return _credential(_row(_READ_CODE, [digest, current_tenant_id()]))


def read_refresh_token(digest: str) -> Credential | None:
    """Return the refresh token with this digest."""
    return _credential(_row(_READ_REFRESH_TOKEN, [digest, current_tenant_id()]))


def read_token(digest: str, *, with_refresh_tokens: bool = False) -> OpaqueToken | None:
    """Return the opaque access token, or on request also the refresh token, with this digest."""
    sql = _READ_ANY_TOKEN if with_refresh_tokens else _READ_TOKEN
    with connection.cursor() as cursor:
        cursor.execute(sql, {"digest": digest, "tenant": current_tenant_id()})
        row = cursor.fetchone()
    if row is None:
        return None
    return OpaqueToken._make([row[0], row[1], Standing(*row[2:11]), *row[11:15], json.loads(row[15])])


def read_user_roles(user_id: str, organization_id: str | None) -> UserRoles:
    """Return the roles a user holds: global ones, and those in every organization or in one."""
    tenant_id = current_tenant_id()
    rows = _rows(
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


def read_application_roles(client_id: str, organization_id: str) -> list[str] | None:
    """Return the roles an application holds in an organization, `None` where it is not in it."""
    row = _row(
        """
SELECT ARRAY(SELECT r.role_id FROM oidc_organizationapplicationrole r
  WHERE r.tenant_id = a.tenant_id AND r.organization_application_id = a.id)
FROM oidc_organizationapplication a
WHERE a.tenant_id = %s AND a.organization_id = %s AND a.application_id = %s""",
        [current_tenant_id(), organization_id, client_id],
    )
    return None if row is None else row[0]


def consume_code(code_id: str, *, moment: datetime) -> bool:
    """Mark a code as used; false where somebody was first."""
    updated = _write(
        """
UPDATE oidc_authorizationcode SET consumed_at = %s WHERE id = %s AND tenant_id = %s AND consumed_at IS NULL""",
        [moment, code_id, current_tenant_id()],
    )
    return updated == 1


def consume_refresh_token(token_id: str, *, moment: datetime) -> datetime | None:
    """Mark a refresh token as used and return when that first happened; `None` where the token is gone.

    The row stays locked until the transaction ends, so two refreshes at once agree on who was first.
    """
    row = _row(
        """
UPDATE oidc_refreshtoken SET consumed_at = coalesce(consumed_at, %s) WHERE id = %s AND tenant_id = %s
RETURNING consumed_at""",
        [moment, token_id, current_tenant_id()],
    )
    return None if row is None else row[0]


def insert_access_token(
    digest: str,
    source: Credential,
    *,
    scope: str,
    moment: datetime,
    expires_at: datetime,
    expires_with_session: bool,
) -> None:
    """Store an opaque access token that was issued for a code or refresh token."""
    _write(
        """
INSERT INTO oidc_accesstoken (id, tenant_id, token_checksum, user_id, application_id, grant_id, session_id, scope,
  resource, extra_claims, expires_with_session, expires, created, updated)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '[]', '{}', %s, %s, %s, %s)""",
        [
            new_id(), current_tenant_id(), digest, source.standing.user_id, source.standing.client_id,
            source.standing.grant_id, source.session_id, scope, expires_with_session, expires_at, moment, moment,
        ],
    )  # fmt: skip


def insert_refresh_token(
    digest: str,
    source: Credential,
    *,
    moment: datetime,
    expires_at: datetime,
    family_started_at: datetime,
    expires_with_session: bool,
) -> None:
    """Store a refresh token that inherits scope, resources, nonce and sign-in of a code or of its predecessor."""
    _write(
        """
INSERT INTO oidc_refreshtoken (id, tenant_id, token_checksum, user_id, application_id, grant_id, session_id, scope,
  resource, nonce, sid, auth_time, auth_time_requested, family_started_at, expires, expires_with_session, created,
  updated)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [
            new_id(), current_tenant_id(), digest, source.standing.user_id, source.standing.client_id,
            source.standing.grant_id, source.session_id, source.scope, json.dumps(source.resources), source.nonce,
            source.sid, source.auth_time, source.auth_time_requested, family_started_at, expires_at,
            expires_with_session, moment, moment,
        ],
    )  # fmt: skip
