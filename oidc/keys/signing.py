"""JWTs signed by the tenant's key (RFC 7515, RFC 7519), and their verification by the keys it publishes."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jwt
from jwt.algorithms import get_default_algorithms

from common.crypto import base64url
from oidc.keys.verified_tokens import SignedJwt, find_verified, remember_verified
from tenants.configuration import cached
from tenants.services.keys import current_signer, published_jwks

_ALGORITHMS = get_default_algorithms()
_to_json = json.JSONEncoder(separators=(",", ":")).encode


@lru_cache(maxsize=256)
def _header(algorithm: str, kid: str, typ: str | None) -> bytes:
    header = {"alg": algorithm, **({"typ": typ} if typ else {}), "kid": kid}
    return base64url(_to_json(header).encode()).encode()


def sign_jwt(payload: Mapping[str, Any], *, typ: str | None = None, algorithm: str = "") -> str:
    """Return the payload signed with the current key (RFC 7515 section 7.1); `typ` only if it is given.

    `algorithm` chooses the key that signs in it; without one, the tenant's default key signs.
    """
    signer = current_signer(algorithm)
    body = base64url(_to_json(dict(payload)).encode()).encode()
    signed = b"%b.%b" % (_header(signer.algorithm, signer.kid, typ), body)
    signature = _ALGORITHMS[signer.algorithm].sign(signed, signer.key)
    return f"{signed.decode()}.{base64url(signature)}"


def _verification_keys() -> dict[str, jwt.PyJWK]:
    return cached(
        "oidc.verification_keys", "", lambda: {jwk["kid"]: jwt.PyJWK.from_dict(jwk) for jwk in published_jwks()}
    )


def find_header(token: str) -> dict[str, Any] | None:
    """Return the header of what looks like a JWT, unverified; `None` for anything else."""
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        return None


def is_jwt(token: str) -> bool:
    """Whether a token has the form of a signed JWT."""
    return token.count(".") == 2 and find_header(token) is not None


def _verify(token: str, header: Mapping[str, Any], *, check_expiry: bool = True) -> tuple[SignedJwt, jwt.PyJWK] | None:
    """What a token says, and which of the current tenant's published keys has signed it."""
    key = _verification_keys().get(str(header.get("kid")))
    if key is None:
        return None
    options: Any = {"verify_aud": False, "verify_iss": False, "verify_iat": False, "verify_exp": check_expiry}
    try:
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[key.algorithm_name], options=options)
    except jwt.PyJWTError:
        return None
    return SignedJwt(header.get("typ"), claims), key


def verify_jwt(token: str) -> SignedJwt | None:
    """Return what an unexpired JWT says that one of the current tenant's published keys signed, `None` otherwise.

    Issuer, audience and type are the caller's to check. A signature is verified once, see `verified_tokens`.
    """
    if (known := find_verified(token, _verification_keys())) is not None:
        return known
    header = find_header(token)
    verified = _verify(token, header) if header else None
    if header is None or verified is None:
        return None
    signed, key = verified
    remember_verified(token, signed, key=key, kid=str(header.get("kid")))
    return signed


def verify_id_token_hint(hint: str, *, issuer: str) -> dict[str, Any] | None:
    """Return the claims of an ID token of this issuer, expired or not; `None` for anything else.

    OpenID Connect RP-Initiated Logout 1.0 section 2 and Core section 3.1.2.1.
    """
    header = find_header(hint)
    # Every other token says what it is, an access token at least by the general type; an ID token has none.
    if header is None or "typ" in header:
        return None
    verified = _verify(hint, header, check_expiry=False)
    claims = verified[0].claims if verified else {}
    # The answer to an authorization request (JARM) has no type either, and names no user.
    return claims if claims.get("iss") == issuer and isinstance(claims.get("sub"), str) else None
