"""ID tokens from the client's side: every check of OpenID Connect Core section 3.1.3.7, in its order."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

from common.clock import now, to_seconds
from common.crypto import base64url, equal
from common.errors import AppError
from common.jose.public_keys import (
    ALGORITHMS,
    InvalidJwtError,
    InvalidKeyError,
    load_public_key,
    numeric_date,
    read_claims,
    read_header,
)
from connectors.oauth.discovery import TENANT_PLACE, find_keys

SECRET_ALGORITHM = "HS256"
# Seconds.
CLOCK_TOLERANCE = 60
# Seconds since it was issued; whatever it says of its end, a sign-in takes minutes.
_LONGEST_AGE = 86_400
_LONGEST_ID_TOKEN = 32_768
_MOST_AUDIENCES = 20
_DIGEST_OF_ALGORITHM = {"ES384": hashlib.sha384, "EdDSA": hashlib.sha512}
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTokenRules:
    """What an ID token must be like.

    `issuers`: any of them, `None` if the developer has named none; one may hold Microsoft's `{tenantid}`, in whose
    place the token's `tid` is. `algorithms` are those of `common.jose`; `HS256` is for the few providers whose
    documentation says so, with `secret`, the client's own, and never together with others: a public key must not
    serve as a secret (RFC 8725 section 2.1).
    """

    client_id: str
    issuers: Sequence[str] | None
    jwks_uri: str = ""
    audiences: Sequence[str] = ()
    algorithms: Sequence[str] = ALGORITHMS
    secret: str = ""
    clock_tolerance: int = CLOCK_TOLERANCE


def verify_id_token(
    id_token: str,
    rules: IdTokenRules,
    *,
    nonce: str | None,
    requires_nonce: bool = True,
    access_token: str = "",
    code: str = "",
) -> dict[str, Any]:
    """Return the claims of an ID token that is valid for this sign-in. `nonce` is `None` if none was sent, and may
    be missing from the ID token unless it `requires_nonce`.

    `access_token` and `code` came with it: their digests are compared if it has them. Raises
    `connector.social_invalid_id_token` with `data` `{reason}`, and what `find_keys` raises.
    """
    try:
        algorithm, claims = _read_signed(id_token, rules)
        _check_issuer(claims, rules.issuers)
        _check_audience(claims, rules)
        _check_times(claims, rules.clock_tolerance)
        if nonce is not None and (requires_nonce or "nonce" in claims) and not _is_text(claims.get("nonce"), nonce):
            raise InvalidJwtError("nonce")
        _check_digest(claims, "at_hash", access_token, algorithm)
        _check_digest(claims, "c_hash", code, algorithm)
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise InvalidJwtError("sub")
    except InvalidJwtError as error:
        raise AppError("connector.social_invalid_id_token", data={"reason": str(error)}) from error
    return claims


def _is_text(value: Any, expected: str) -> bool:
    return isinstance(value, str) and equal(value, expected)


def _read_signed(id_token: str, rules: IdTokenRules) -> tuple[str, dict[str, Any]]:
    header = read_header(id_token, algorithms=rules.algorithms, longest=_LONGEST_ID_TOKEN)
    algorithm, kid = header["alg"], header.get("kid")
    if "crit" in header or not isinstance(kid, str | None):
        raise InvalidJwtError("the header is not understood")
    if algorithm == SECRET_ALGORITHM:
        return algorithm, read_claims(id_token, _secret_key(rules.secret))
    for jwk in find_keys(rules.jwks_uri, kid):
        try:
            return algorithm, read_claims(id_token, load_public_key(jwk, algorithm))
        except (InvalidKeyError, InvalidJwtError):
            continue
    raise InvalidJwtError("signature")


def _secret_key(secret: str) -> jwt.PyJWK:
    if not secret:
        raise InvalidJwtError("signature")
    return jwt.PyJWK.from_dict({"kty": "oct", "k": base64url(secret.encode())}, SECRET_ALGORITHM)


def _check_issuer(claims: Mapping[str, Any], issuers: Sequence[str] | None) -> None:
    issuer, tenant = claims.get("iss"), claims.get("tid")
    if issuers is None and isinstance(issuer, str):
        return
    is_tenant = isinstance(tenant, str) and _GUID.fullmatch(tenant) is not None
    for expected in issuers or ():
        if TENANT_PLACE in expected:
            if is_tenant and issuer == expected.replace(TENANT_PLACE, str(tenant)):
                return
        elif issuer == expected:
            return
    raise InvalidJwtError("iss")


def _check_audience(claims: Mapping[str, Any], rules: IdTokenRules) -> None:
    expected = {rules.client_id, *rules.audiences}
    found = claims.get("aud")
    audiences = [found] if isinstance(found, str) else found
    if not isinstance(audiences, list) or not 0 < len(audiences) <= _MOST_AUDIENCES:
        raise InvalidJwtError("aud")
    if not any(isinstance(audience, str) and audience in expected for audience in audiences):
        raise InvalidJwtError("aud")
    party = claims.get("azp")
    # For several audiences it says which of them the token was issued to.
    if (party is None and len(audiences) > 1) or (
        party is not None and not (isinstance(party, str) and party in expected)
    ):
        raise InvalidJwtError("azp")


def _check_times(claims: Mapping[str, Any], tolerance: int) -> None:
    moment = to_seconds(now())
    expires_at, issued_at, not_before = (numeric_date(claims, name) for name in ("exp", "iat", "nbf"))
    if expires_at is None or expires_at + tolerance <= moment:
        raise InvalidJwtError("exp")
    if issued_at is None or issued_at - tolerance > moment or issued_at + _LONGEST_AGE < moment:
        raise InvalidJwtError("iat")
    if not_before is not None and not_before - tolerance > moment:
        raise InvalidJwtError("nbf")


def _check_digest(claims: Mapping[str, Any], name: str, value: str, algorithm: str) -> None:
    """The left half of the digest (Core section 3.1.3.6), by the hash of the signature's algorithm."""
    if not value or claims.get(name) is None:
        return
    digest = _DIGEST_OF_ALGORITHM.get(algorithm, hashlib.sha256)(value.encode()).digest()
    if not _is_text(claims[name], base64url(digest[: len(digest) // 2])):
        raise InvalidJwtError(name)
