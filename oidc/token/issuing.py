"""What a successful exchange hands out."""

from datetime import datetime, timedelta
from typing import Any

from applications.scopes import OPENID, intersect_scopes, join_scope
from common.clock import to_seconds
from common.crypto import sha256_hex
from common.ids import new_token
from oidc.claims.authentication_claims import authentication_claims
from oidc.claims.building import read_id_token_claims
from oidc.claims.requested_claims import RequestedClaims
from oidc.keys.signing import sign_jwt
from oidc.token import statements
from oidc.token.exchange import Exchange, Target


def token_type(dpop_jkt: str) -> str:
    """Return the type of a token by the key it is bound to, if any (RFC 6750 section 4, RFC 9449 section 5)."""
    return "DPoP" if dpop_jkt else "Bearer"


def sign_access_token(exchange: Exchange, target: Target, *, subject: str, always_scope: bool = True) -> dict[str, Any]:
    """Return the answer's members for a JWT access token (RFC 9068); it has no row.

    An empty scope is left out, of the token and of the answer, unless `always_scope`.
    """
    issued_at = to_seconds(exchange.moment)
    payload: dict[str, Any] = {}
    if target.organization_id is not None:
        payload["organization_id"] = target.organization_id
    if exchange.act is not None:
        payload["act"] = exchange.act
    # What comes after wins: a script may say who acts and for which organization, nothing of the rest.
    payload |= exchange.custom_claims
    payload |= authentication_claims(exchange.credential, exchange.client)
    payload |= {"jti": exchange.jti, "sub": subject, "iat": issued_at, "exp": issued_at + target.lifetime}
    scope = {"scope": join_scope(target.scopes)} if target.scopes or always_scope else {}
    payload |= {**scope, "client_id": exchange.client.id, "iss": exchange.issuer, "aud": target.audience}
    if exchange.dpop_jkt:
        payload["cnf"] = {"jkt": exchange.dpop_jkt}
    exchange.token_types.append("AccessToken")
    token = sign_jwt(payload, typ=target.header_type)
    return {"access_token": token, "expires_in": target.lifetime, **scope, "token_type": token_type(exchange.dpop_jkt)}


def issue_user_access_token(exchange: Exchange, *, expires_with_session: bool) -> dict[str, Any]:
    """Return the answer's members for the target's access token; an opaque one is among the rows to be written."""
    target = exchange.resolved_target
    if target.audience is not None:
        return sign_access_token(exchange, target, subject=exchange.user_id)
    token, scope = new_token(), join_scope(target.scopes)
    source = exchange.credential
    row = statements.new_access_token(
        sha256_hex(token),
        user_id=exchange.user_id,
        application_id=exchange.client.application_id,
        grant_id=source.state.grant_id if source else None,
        session_id=source.session_id if source else None,
        scope=scope,
        extra_claims={
            **({} if exchange.act is None else {"act": exchange.act}),
            **exchange.custom_claims,
            **authentication_claims(source, exchange.client),
        },
        dpop_jkt=exchange.dpop_jkt,
        claims=source.claims if source else "",
        moment=exchange.moment,
        expires_at=exchange.moment + timedelta(seconds=target.lifetime),
        expires_with_session=expires_with_session,
    )
    exchange.rows.append(row)
    exchange.token_types.append("AccessToken")
    return {
        "access_token": token,
        "expires_in": target.lifetime,
        "scope": scope,
        "token_type": token_type(exchange.dpop_jkt),
    }


def sign_id_token(exchange: Exchange) -> dict[str, str]:
    """Return the answer's `id_token`, nothing if `openid` is not asked for.

    No statement; one where a third-party application is told of organizations.
    """
    source, client = exchange.source, exchange.client
    scopes = intersect_scopes(exchange.scopes, source.granted.statics)
    if OPENID not in scopes:
        return {}
    named = RequestedClaims.loaded(source.claims).id_token
    claims = read_id_token_claims(
        source.profile,
        scopes,
        client=client,
        grant_id=exchange.grant_id,
        named=named,
    )
    issued_at = to_seconds(exchange.moment)
    if source.nonce:
        claims["nonce"] = source.nonce
    if source.sid and client.wants_sid:
        claims["sid"] = source.sid
    if source.auth_time_requested:
        claims["auth_time"] = to_seconds(source.auth_time)
    claims |= authentication_claims(source, client, named=named)
    if exchange.signed_in_to:
        claims["organization_id"] = exchange.signed_in_to
    claims |= {"aud": client.id, "exp": issued_at + client.id_token_ttl, "iat": issued_at, "iss": exchange.issuer}
    exchange.token_types.append("IdToken")
    return {"id_token": sign_jwt(claims, algorithm=client.security.id_token_algorithm)}


def issue_refresh_token(
    exchange: Exchange, *, expires_at: datetime, family_started_at: datetime, expires_with_session: bool
) -> dict[str, str]:
    """Return the answer's `refresh_token`; its digest is among the rows to be written."""
    token = new_token()
    row = statements.new_refresh_token(
        sha256_hex(token),
        exchange.source,
        application_id=exchange.client.application_id,
        # A confidential client's is bound to the client, which authenticates (RFC 9449 section 5).
        dpop_jkt="" if exchange.client.is_confidential else exchange.dpop_jkt,
        moment=exchange.moment,
        expires_at=expires_at,
        family_started_at=family_started_at,
        expires_with_session=expires_with_session,
    )
    exchange.rows.append(row)
    exchange.token_types.append("RefreshToken")
    return {"refresh_token": token}
