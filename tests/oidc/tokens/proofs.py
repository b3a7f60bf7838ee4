"""What a client with a key of its own makes: key sets, client assertions and DPoP proofs."""

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from common.clock import now, to_seconds
from common.ids import new_id
from tests.oidc.tokens.parties import ISSUER

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@lru_cache
def private_key(algorithm: str, name: str) -> Any:
    """One key for each algorithm and name, made once."""
    match algorithm:
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ES384":
            return ec.generate_private_key(ec.SECP384R1())
        case "EdDSA":
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            return rsa.generate_private_key(65537, 2048)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A client's key pair."""

    def __init__(self, name: str = "one", algorithm: str = "ES256") -> None:
        self.name = name
        self.algorithm = algorithm
        self.private = private_key(algorithm, name)

    def _jwk(self, key: Any) -> dict[str, Any]:
        kind: Any = {"ES": ECAlgorithm, "Ed": OKPAlgorithm}.get(self.algorithm[:2], RSAAlgorithm)
        found = dict(kind.to_jwk(key, as_dict=True))
        found.pop("key_ops", None)
        return found

    @property
    def public_jwk(self) -> dict[str, Any]:
        return self._jwk(self.private.public_key())

    @property
    def private_jwk(self) -> dict[str, Any]:
        return self._jwk(self.private)

    @property
    def thumbprint(self) -> str:
        required = {"crv", "e", "kty", "n", "x", "y"}
        members = {name: value for name, value in sorted(self.public_jwk.items()) if name in required}
        return base64url(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())

    def registered(self, **members: Any) -> dict[str, Any]:
        return {**self.public_jwk, "kid": self.name, "use": "sig", "alg": self.algorithm, **members}

    def sign(self, claims: dict[str, Any], **headers: Any) -> str:
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.private, algorithm=headers.pop("alg", self.algorithm), headers=headers)

    def assertion(self, client_id: str, /, **changes: Any) -> str:
        """A good client assertion (RFC 7523 section 3); a change to `None` leaves a claim out."""
        moment = to_seconds(now())
        headers = changes.pop("headers", {"kid": self.name})
        claims = {"iss": client_id, "sub": client_id, "aud": ISSUER, "exp": moment + 60, "iat": moment, "jti": new_id()}
        return self.sign({**claims, **changes}, **headers)

    def request_object(self, client_id: str, parameters: dict[str, Any], /, **changes: Any) -> str:
        """A good request object (RFC 9101 section 4); a change to `None` leaves a claim out."""
        moment = to_seconds(now())
        headers = {"kid": self.name, "typ": "oauth-authz-req+jwt", **changes.pop("headers", {})}
        claims = {"iss": client_id, "aud": ISSUER, "iat": moment, "nbf": moment, "exp": moment + 300, "jti": new_id()}
        return self.sign({**parameters, **claims, **changes}, **headers)

    def proof(self, method: str, url: str, *, token: str | None = None, **changes: Any) -> str:
        """A good DPoP proof (RFC 9449 section 4.2); a change to `None` leaves a claim out."""
        headers = {"typ": "dpop+jwt", "jwk": self.public_jwk, **changes.pop("headers", {})}
        claims: dict[str, Any] = {"jti": new_id(), "htm": method, "htu": url, "iat": to_seconds(now())}
        if token is not None:
            claims["ath"] = base64url(hashlib.sha256(token.encode()).digest())
        return self.sign({**claims, **changes}, **headers)


def key_set(*keys: Key) -> dict[str, Any]:
    return {"keys": [key.registered() for key in keys]}


def assertion_of(text: str) -> dict[str, str]:
    """The parameters that carry an assertion."""
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text}
