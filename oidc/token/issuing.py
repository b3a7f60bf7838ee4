"""What a successful exchange hands out."""

from datetime import datetime, timedelta
from typing import Any

from common.clock import to_seconds
from common.crypto import sha256_hex
from common.ids import new_id, new_token
from oidc import hot
from oidc.claims import read_id_token_claims
from oidc.errors import invalid_grant
from oidc.scopes import OPENID, join_scope, kept
from oidc.signing import sign_jwt
from oidc.token.exchange import Exchange, Target

ACCESS_TOKEN_JWT_TYPE = "at+jwt"


def sign_access_token(exchange: Exchange, target: Target, *, subject: str, always_scope: bool = True) -> dict[str, Any]:
    """Return the answer's members for a JWT access token (RFC 9068); it has no row.

    An empty scope is left out, of the token and of the answer, unless `always_scope`.
    """
    issued_at = to_seconds(exchange.moment)
    payload: dict[str, Any] = {}
    if target.organization_id is not None:
        payload["organization_id"] = target.organization_id
    payload |= {"jti": new_id(), "sub": subject, "iat": issued_at, "exp": issued_at + target.lifetime}
    scope = {"scope": join_scope(target.scopes)} if target.scopes or always_scope else {}
    payload |= {**scope, "client_id": exchange.client.id, "iss": exchange.issuer, "aud": target.audience}
    exchange.token_types.append("AccessToken")
    token = sign_jwt(payload, typ=ACCESS_TOKEN_JWT_TYPE)
    return {"access_token": token, "expires_in": target.lifetime, **scope, "token_type": "Bearer"}


def issue_user_access_token(exchange: Exchange, *, expires_with_session: bool) -> dict[str, Any]:
    """Return the answer's members for the target's access token: an opaque one is stored, in one statement."""
    target = exchange.resolved_target
    if target.audience is not None:
        return sign_access_token(exchange, target, subject=exchange.user_id)
    token, scope = new_token(), join_scope(target.scopes)
    hot.insert_access_token(
        sha256_hex(token),
        exchange.source,
        scope=scope,
        moment=exchange.moment,
        expires_at=exchange.moment + timedelta(seconds=target.lifetime),
        expires_with_session=expires_with_session,
    )
    exchange.token_types.append("AccessToken")
    return {"access_token": token, "expires_in": target.lifetime, "scope": scope, "token_type": "Bearer"}


def sign_id_token(exchange: Exchange) -> dict[str, str]:
    """Return the answer's `id_token`, nothing where `openid` is not asked for. At most one statement."""
    source, client = exchange.source, exchange.client
    scopes = kept(exchange.scopes, source.granted.statics)
    if OPENID not in scopes:
        return {}
    claims = read_id_token_claims(exchange.user_id, scopes)
    if claims is None:
        raise invalid_grant("user is gone")
    issued_at = to_seconds(exchange.moment)
    if source.nonce:
        claims["nonce"] = source.nonce
    if source.sid and client.wants_sid:
        claims["sid"] = source.sid
    if source.auth_time_requested:
        claims["auth_time"] = to_seconds(source.auth_time)
    claims |= {"aud": client.id, "exp": issued_at + client.id_token_ttl, "iat": issued_at, "iss": exchange.issuer}
    exchange.token_types.append("IdToken")
    return {"id_token": sign_jwt(claims)}


def issue_refresh_token(
    exchange: Exchange, *, expires_at: datetime, family_started_at: datetime, expires_with_session: bool
) -> dict[str, str]:
    """Return the answer's `refresh_token`, stored as its digest in one statement."""
    token = new_token()
    hot.insert_refresh_token(
        sha256_hex(token),
        exchange.source,
        moment=exchange.moment,
        expires_at=expires_at,
        family_started_at=family_started_at,
        expires_with_session=expires_with_session,
    )
    exchange.token_types.append("RefreshToken")
    return {"refresh_token": token}
