"""Logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.4)."""

from typing import Any

from common.clock import now, to_seconds
from common.ids import new_id
from oidc.keys.signing import sign_jwt

_LIFETIME = 120
_EVENT = "http://schemas.openid.net/event/backchannel-logout"


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
