"""The hand-written SQL of codes and tokens: each function is one statement, but for `read_token`.

The ORM costs several times the statement it sends; here that would be most of a request. Every statement names the
tenant in addition to the row security that holds anyway.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from common.ids import new_id
from identity.sql import join_user
from oidc.claims.profiles import PROFILE, PROFILE_BY_SCOPE, PROFILE_WITHOUT_RELATIONS, has_relations
from oidc.credentials.stored import Credential, OpaqueToken
from organizations.sql import membership_document
from tenants.context import current_tenant_id
from tenants.database.statements import NewRow, fetch_one, new_row, write_rows

# The columns of `CredentialState`, and where they come from; `t` is the token.
_CLIENT = "coalesce(nullif(g.cimd_client_id, ''), t.application_id)"


def _state(*, ends_with_session: str = "t.expires_with_session") -> str:
    return f"""
  {_CLIENT} AS state_client_id, t.user_id AS state_user_id, t.grant_id AS state_grant_id,
  u.is_suspended AS state_is_user_suspended, t.expires AS state_expires_at, g.expires_at AS state_grant_expires_at,
  g.revoked_at AS state_grant_revoked_at, {ends_with_session} AS state_expires_with_session,
  s.expires_at AS state_session_expires_at"""


_GRANT = "JOIN oidc_grant g ON g.tenant_id = t.tenant_id AND g.id = t.grant_id"
_USER_AND_SESSION = f"""
{join_user("u", tenant="t.tenant_id", user="t.user_id")}
LEFT JOIN oidc_session s ON s.tenant_id = t.tenant_id AND s.id = t.session_id"""

# The columns of `Credential` that codes and refresh tokens have alike.
_GRANTED = """
  g.scopes AS granted_statics, g.resource_scopes AS granted_by_resource, t.session_id, t.sid, t.scope,
  t.resource AS resources, t.nonce, t.auth_time, t.auth_time_requested, t.consumed_at, t.created AS created_at"""

_READ_CODE = f"""
SELECT t.id, {_state(ends_with_session="false")}, {_GRANTED}, t.created AS family_started_at,
  t.redirect_uri, t.code_challenge, t.code_challenge_method, t.amr, t.dpop_jkt, t.organization_id, t.claims, {PROFILE}
FROM oidc_authorizationcode t {_GRANT} {_USER_AND_SESSION}
WHERE t.code = %(digest)s AND t.tenant_id = %(tenant)s"""  # noqa: S608 - identifiers come from code

_READ_DEVICE_CODE = f"""
SELECT t.id, {_state()}, {_GRANTED}, t.created AS family_started_at,
  '' AS redirect_uri, '' AS code_challenge, '' AS code_challenge_method, t.amr, '' AS dpop_jkt, t.organization_id,
  '' AS claims, {PROFILE_BY_SCOPE}
FROM oidc_devicegrant t {_GRANT} {_USER_AND_SESSION}
WHERE t.device_code = %(digest)s AND t.tenant_id = %(tenant)s"""  # noqa: S608 - identifiers come from code


def _reading_refresh_token(*more: str) -> str:
    return f"""
SELECT t.id, {_state()}, {_GRANTED}, t.family_started_at,
  '' AS redirect_uri, '' AS code_challenge, '' AS code_challenge_method, t.amr, t.dpop_jkt, t.organization_id,
  t.claims, {", ".join((PROFILE, *more))}
FROM oidc_refreshtoken t {_GRANT} {_USER_AND_SESSION}
WHERE t.token_checksum = %(digest)s AND t.tenant_id = %(tenant)s AND t.revoked IS NULL"""  # noqa: S608 - identifiers come from code


_MEMBERSHIP = membership_document(tenant="%(tenant)s", user="t.user_id", organization="%(organization)s")
_READ_REFRESH_TOKEN = _reading_refresh_token()
_READ_REFRESH_TOKEN_OF_MEMBER = _reading_refresh_token(f"{_MEMBERSHIP} AS membership")


# An access token of a token exchange has no grant.
def _reading_access_token(*more: str) -> str:
    return f"""
SELECT 'AccessToken' AS kind, t.id, {_CLIENT} AS state_client_id, t.user_id AS state_user_id,
  coalesce(t.grant_id, '') AS state_grant_id, u.is_suspended AS state_is_user_suspended, t.expires AS state_expires_at,
  coalesce(g.expires_at, t.expires) AS state_grant_expires_at, g.revoked_at AS state_grant_revoked_at,
  t.expires_with_session AS state_expires_with_session, s.expires_at AS state_session_expires_at,
  t.scope, '' AS sid, t.created AS created_at, false AS is_spent, t.extra_claims, t.dpop_jkt,
  {", ".join(("t.claims", *more))}
FROM oidc_accesstoken t LEFT {_GRANT} {_USER_AND_SESSION}
WHERE t.token_checksum = %(digest)s AND t.tenant_id = %(tenant)s AND (t.grant_id IS NULL OR g.id IS NOT NULL)"""  # noqa: S608 - identifiers come from code


_READ_TOKEN = _reading_access_token()
_READ_TOKEN_WITH_PROFILE = _reading_access_token(PROFILE)
_READ_TOKEN_WITHOUT_RELATIONS = _reading_access_token(PROFILE_WITHOUT_RELATIONS)
# The access tokens that were found to want no relation, by their digests: what a token wants never changes.
_without_relations: set[str] = set()
_MOST_DIGESTS = 10_000

REFRESH_TOKEN = "RefreshToken"

_READ_SPENT_OR_GOOD_REFRESH_TOKEN = f"""
SELECT '{REFRESH_TOKEN}' AS kind, t.id, {_state()}, t.scope, t.sid, t.created AS created_at,
  t.consumed_at IS NOT NULL OR t.revoked IS NOT NULL AS is_spent, '{{}}'::jsonb AS extra_claims, t.dpop_jkt, t.claims
FROM oidc_refreshtoken t {_GRANT} {_USER_AND_SESSION}
WHERE t.token_checksum = %(digest)s AND t.tenant_id = %(tenant)s"""  # noqa: S608 - identifiers come from code


def read_code(digest: str) -> Credential | None:
    """Return the authorization code with this digest."""
    return fetch_one(Credential, _READ_CODE, {"digest": digest, "tenant": current_tenant_id()})


def read_device_code(digest: str) -> Credential | None:
    """Return what a user has granted to the device whose code has this digest; `None` if nobody has."""
    return fetch_one(Credential, _READ_DEVICE_CODE, {"digest": digest, "tenant": current_tenant_id()})


def read_refresh_token(digest: str, *, organization_id: str | None = None) -> Credential | None:
    """Return the refresh token with this digest, and its user's place in an organization."""
    parameters = {"digest": digest, "tenant": current_tenant_id()}
    if organization_id is None:
        return fetch_one(Credential, _READ_REFRESH_TOKEN, parameters)
    return fetch_one(Credential, _READ_REFRESH_TOKEN_OF_MEMBER, parameters | {"organization": organization_id})


def read_token(digest: str, *, with_refresh_tokens: bool = False) -> OpaqueToken | None:
    """Return the opaque access token, or on request the refresh token, with this digest.

    A second statement asks for the latter: few are presented here, and every access token would pay for them.
    """
    parameters = {"digest": digest, "tenant": current_tenant_id()}
    found = fetch_one(OpaqueToken, _READ_TOKEN, parameters)
    if found is None and with_refresh_tokens:
        found = fetch_one(OpaqueToken, _READ_SPENT_OR_GOOD_REFRESH_TOKEN, parameters)
    return found


def read_token_with_profile(digest: str) -> OpaqueToken | None:
    """Return the opaque access token with this digest, and what claims are made of."""
    is_plain = digest in _without_relations
    sql = _READ_TOKEN_WITHOUT_RELATIONS if is_plain else _READ_TOKEN_WITH_PROFILE
    found = fetch_one(OpaqueToken, sql, {"digest": digest, "tenant": current_tenant_id()})
    if not is_plain and found is not None and found.profile is not None and not has_relations(found.profile):
        if len(_without_relations) >= _MOST_DIGESTS:
            _without_relations.clear()
        _without_relations.add(digest)
    return found


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
    """Mark a refresh token as used and return when that first happened; `None` if the token is gone.

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
        user_id=source.state.user_id,
        application_id=application_id,
        grant_id=source.state.grant_id,
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
