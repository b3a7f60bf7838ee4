"""Logout tokens (OpenID Connect Back-Channel Logout 1.0 sections 2.4 and 2.5)."""

from typing import Any

from common.clock import now, to_seconds
from common.http import fetch
from common.ids import new_id
from oidc.clients import find_client
from oidc.signing import sign_jwt

_LIFETIME = 120
_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_TIMEOUT = 5.0


def logout_token(*, issuer: str, client_id: str, user_id: str, sid: str | None) -> str:
    """Return a signed logout token for one client."""
    issued_at = to_seconds(now())
    claims: dict[str, Any] = {
        "sub": user_id,
        "aud": client_id,
        "iss": issuer,
        "iat": issued_at,
        "exp": issued_at + _LIFETIME,
        "jti": new_id(),
        "events": {_EVENT: {}},
    }
    if sid is not None:
        claims["sid"] = sid
    return sign_jwt(claims, typ="logout+jwt")


def deliver_logout_token(*, issuer: str, client_id: str, user_id: str, sid: str) -> bool:
    """Tell a client, which may have lost its URI meanwhile; returns whether it took note. Not tried again.

    Raises `common.http.OutboundRequestError` where the client cannot be reached.
    """
    client = find_client(client_id)
    if client is None or client.backchannel_logout_uri is None:
        return False
    token = logout_token(issuer=issuer, client_id=client_id, user_id=user_id, sid=sid if client.wants_sid else None)
    answer = fetch("POST", client.backchannel_logout_uri, data={"logout_token": token}, timeout=_TIMEOUT)
    return answer.status in (200, 204)
