"""An authenticator in software: it makes passkeys and signs with them as a browser hands them over, in JSON.

Unlike a real one it does wrong whatever a test asks it to: another origin, no user verification, a counter that goes
back. Attestation is `none` (Web Authentication Level 3, section 8.7).
"""

import hashlib
import json
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes

from common.crypto import base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
APPLE_PASSWORDS = "fbfc3007-154e-4ecc-8c0b-6e020557d7bd"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def cose_key(key: PrivateKey) -> dict[int, Any]:
    """Return a public key as an authenticator writes it (RFC 9053)."""
    match key:
        case ec.EllipticCurvePrivateKey():
            point = key.public_key().public_numbers()
            return {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        case rsa.RSAPrivateKey():
            public = key.public_key().public_numbers()
            return {1: 3, 3: -257, -1: _number(public.n), -2: _number(public.e)}
    return {1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()}


def _sign(key: PrivateKey, data: bytes) -> bytes:
    match key:
        case ec.EllipticCurvePrivateKey():
            return key.sign(data, ec.ECDSA(SHA256()))
        case rsa.RSAPrivateKey():
            return key.sign(data, padding.PKCS1v15(), SHA256())
    return key.sign(data)


@dataclass
class Authenticator:
    """Holds passkeys for pages at one origin; it makes P-256 keys unless given another."""

    origin: str
    aaguid: str = APPLE_PASSWORDS
    flags: int = PRESENT | VERIFIED
    transports: Any = field(default_factory=lambda: ["internal", "hybrid"])
    key: PrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(20))
    user_handle: str | None = None
    counter: int = 0

    def create(self, options: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
        """Answer `navigator.credentials.create`; `changed` replaces members of the client data."""
        self.user_handle = options["user"]["id"]
        attested = bytes.fromhex(self.aaguid.replace("-", "")) + struct.pack(">H", len(self.credential_id))
        attested += self.credential_id + cbor2.dumps(cose_key(self.key))
        data = self._data(options["rp"]["id"], self.flags | ATTESTED) + attested
        return self._answer(
            clientDataJSON=self._client_data("webauthn.create", options, changed),
            attestationObject=base64url(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            transports=self.transports,
        )

    def get(self, options: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
        """Answer `navigator.credentials.get` with the passkey that `create` made."""
        client_data = self._client_data("webauthn.get", options, changed)
        data = self._data(options["rpId"], self.flags)
        signed = data + hashlib.sha256(base64url_to_bytes(client_data)).digest()
        return self._answer(
            clientDataJSON=client_data,
            authenticatorData=base64url(data),
            signature=base64url(_sign(self.key, signed)),
            userHandle=self.user_handle,
        )

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _client_data(self, kind: str, options: Mapping[str, Any], changed: Mapping[str, Any]) -> str:
        data = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return base64url(json.dumps({**data, **changed}).encode())

    def _answer(self, **response: Any) -> dict[str, Any]:
        name = base64url(self.credential_id)
        return {"type": "WebAuthn", "id": name, "rawId": name, "response": response, "clientExtensionResults": {}}
