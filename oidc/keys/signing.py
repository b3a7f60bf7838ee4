"""JWTs signed by the tenant's key (RFC 7515, RFC 7519), and their verification by the keys it publishes."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jwt
from jwt.algorithms import get_default_algorithms

from common.crypto import base64url
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


def _verification_keys() -> Mapping[str, jwt.PyJWK]:
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


def verify_jwt(token: str, *, check_expiry: bool = True) -> dict[str, Any] | None:
    """Return the claims of a JWT that one of the current tenant's published keys signed, `None` otherwise.

    Issuer and audience are the caller's to check.
    """
    header = find_header(token)
    key = _verification_keys().get(str(header.get("kid"))) if header else None
    if key is None:
        return None
    options: Any = {"verify_aud": False, "verify_iss": False, "verify_iat": False, "verify_exp": check_expiry}
    try:
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[key.algorithm_name], options=options)
    except jwt.PyJWTError:
        return None
    return claims


def verify_id_token_hint(hint: str, *, issuer: str) -> dict[str, Any] | None:
    """Return the claims of an ID token of this issuer, expired or not; `None` for anything else.

    OpenID Connect RP-Initiated Logout 1.0 section 2 and Core section 3.1.2.1.
    """
    header = find_header(hint)
    # Access tokens and logout tokens say what they are; an ID token has no type, or the general one.
    if header is None or header.get("typ") not in (None, "JWT"):
        return None
    claims = verify_jwt(hint, check_expiry=False)
    # The answer to an authorization request (JARM) has no type either, and names no user.
    if claims is None or claims.get("iss") != issuer or not isinstance(claims.get("sub"), str):
        return None
    return claims
