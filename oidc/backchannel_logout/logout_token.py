"""Logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.4)."""

from typing import Any

from applications.clients import Client
from common.clock import now, to_seconds
from common.ids import new_id
from oidc.keys.signing import sign_jwt

_LIFETIME = 120
_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def logout_token(*, issuer: str, client: Client, user_id: str, sid: str | None) -> str:
    """Return a logout token for one client, signed as its ID tokens are (section 2.4)."""
    issued_at = to_seconds(now())
    claims: dict[str, Any] = {
        "sub": user_id,
        "aud": client.id,
        "iss": issuer,
        "iat": issued_at,
        "exp": issued_at + _LIFETIME,
        "jti": new_id(),
        "events": {_EVENT: {}},
    }
    if sid is not None:
        claims["sid"] = sid
    return sign_jwt(claims, typ="logout+jwt", algorithm=client.security.id_token_algorithm)
