"""Public keys that others bring (RFC 7517): which are taken, for which algorithm, and what they signed. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from common.crypto import sha256_base64url
from common.oauth.bodies import is_storable

# Asymmetric alone (RFC 8725 section 3.1): `none` and HMAC, where a public key could serve as the secret, are not here.
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")

# What the FAPI 2.0 Security Profile leaves of them (section 5.4.1).
FAPI_ALGORITHMS = ("PS256", "ES256", "EdDSA")

# Seconds that the clock of whoever signs may be off.
CLOCK_TOLERANCE = 30

_KEY_OF_ALGORITHM = {
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "EdDSA": ("OKP", "Ed25519"),
}
_REQUIRED_MEMBERS = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
# RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1.
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

_RSA_BITS = range(2048, 8193)
_LONGEST_EXPONENT = 2**33
_LONGEST_JWT = 8192
_LONGEST_JTI = 256

_CLAIMS_ARE_THE_CALLERS: Any = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
# What reading somebody else's JWT may raise; the last one for JSON that is nested without end.
_UNREADABLE = (jwt.PyJWTError, ValueError, RecursionError)


class InvalidKeyError(ValueError):
    """The key is private, weak, or not one for the algorithm; the text says which."""


class InvalidJwtError(ValueError):
    """The JWT is malformed, of another algorithm, or not signed by the key; the text says which."""


def find_algorithms(jwk: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the algorithms that a key can verify."""
    return tuple(
        name
        for name, (kty, crv) in _KEY_OF_ALGORITHM.items()
        if jwk.get("kty") == kty and (crv is None or jwk.get("crv") == crv) and jwk.get("alg", name) == name
    )


def load_public_key(jwk: Any, algorithm: str) -> jwt.PyJWK:
    """Return a public key ready to verify signatures of one algorithm; raises `InvalidKeyError`."""
    if not isinstance(jwk, Mapping):
        raise InvalidKeyError("not an object")
    if not _PRIVATE_MEMBERS.isdisjoint(jwk):
        raise InvalidKeyError("the key is not a public one")
    if jwk.get("use", "sig") != "sig" or algorithm not in find_algorithms(jwk):
        raise InvalidKeyError("the key is not for this algorithm")
    members = {name: jwk.get(name) for name in _REQUIRED_MEMBERS[jwk["kty"]]}
    if not all(isinstance(value, str) for value in members.values()):
        raise InvalidKeyError("a member of the key is missing")
    try:
        key = jwt.PyJWK.from_dict(members, algorithm)
    except (jwt.PyJWTError, ValueError) as error:
        raise InvalidKeyError("the key cannot be read") from error
    if isinstance(key.key, rsa.RSAPublicKey):
        numbers = key.key.public_numbers()
        if key.key.key_size not in _RSA_BITS or numbers.e > _LONGEST_EXPONENT:
            raise InvalidKeyError("RSA keys have 2048 to 8192 bits")
    return key


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Return the SHA-256 thumbprint of a key that `load_public_key` took (RFC 7638 section 3)."""
    members = {name: jwk[name] for name in _REQUIRED_MEMBERS[jwk["kty"]]}
    return sha256_base64url(json.dumps(members, separators=(",", ":"), ensure_ascii=False))


def read_header(token: str, *, algorithms: Sequence[str] = ALGORITHMS, longest: int = _LONGEST_JWT) -> dict[str, Any]:
    """Return the unverified header of a JWT that names one of `algorithms`; raises `InvalidJwtError`.

    `longest` is in characters.
    """
    if len(token) > longest:
        raise InvalidJwtError("the JWT is too long")
    try:
        header = jwt.get_unverified_header(token)
    except _UNREADABLE as error:
        raise InvalidJwtError("not a JWT") from error
    if header.get("alg") not in algorithms:
        raise InvalidJwtError("the algorithm is not accepted")
    return header


def read_claims(token: str, key: jwt.PyJWK) -> dict[str, Any]:
    """Return the claims of a JWT signed by the key, for the caller to check; raises `InvalidJwtError`."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[key.algorithm_name], options=_CLAIMS_ARE_THE_CALLERS
        )
    except _UNREADABLE as error:
        raise InvalidJwtError("the signature is not the key's") from error
    return claims


def unverified_claim(token: str, name: str) -> Any:
    """Return one claim of what may be a JWT, to find out whose key to verify it with; `None` if it has none."""
    try:
        return jwt.decode(token, options={"verify_signature": False}).get(name) if len(token) <= _LONGEST_JWT else None
    except _UNREADABLE:
        return None


def can_be_noted(jti: Any) -> bool:
    """Whether a `jti` is a text by which a JWT can be recognized when it comes again (RFC 7519 section 4.1.7)."""
    return isinstance(jti, str) and 0 < len(jti) <= _LONGEST_JTI and is_storable(jti)


def numeric_date(claims: Mapping[str, Any], name: str) -> float | None:
    """Return a NumericDate (RFC 7519 section 2), `None` if absent; raises `InvalidJwtError` for anything else."""
    value = claims.get(name)
    if value is None:
        return None
    # Bounded: an infinite or astronomic number must not get as far as a date.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**40:
        raise InvalidJwtError(f"'{name}' must be a number of seconds")
    return value
