"""Digests and encryption at rest.

Secrets that must be shown again are sealed with AES-256-GCM under a key ring from the environment; everything that is
only compared is kept as SHA-256.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE_BYTES = 12
_VERSION = b"\x01"
_KEY_ID_BYTES = 4


def sha256_hex(value: str) -> str:
    """Return the lower-case hex SHA-256 of a text; for values with enough entropy to need no salt."""
    return hashlib.sha256(value.encode()).hexdigest()


def equal(left: str, right: str) -> bool:
    """Compare two texts in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def base64url(data: bytes) -> str:
    """Return unpadded base64url (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@lru_cache(maxsize=8)
def _ring(encoded_keys: tuple[str, ...]) -> list[tuple[bytes, AESGCM]]:
    ring = []
    for encoded in encoded_keys:
        key = base64.b64decode(encoded)
        if len(key) != 32:
            raise ValueError("every ENCRYPTION_KEYS entry must be 32 bytes in base64")
        ring.append((hashlib.sha256(key).digest()[:_KEY_ID_BYTES], AESGCM(key)))
    return ring


def sha256_base64url(value: str) -> str:
    """Return the unpadded base64url SHA-256 of a text, the form of JWK thumbprints and of `ath` (RFC 9449)."""
    return base64url(hashlib.sha256(value.encode()).digest())


def keyed_digests(value: str, *, context: str) -> list[str]:
    """Return the HMAC-SHA-256 of a text, in hex, under each key of the ring, the newest first.

    For what is only compared and could be guessed if its digest were known: a digest is stored under the first key,
    and a text is looked for under all. `context` names the field and whose it is.
    """
    message = f"{context}\0{value}".encode()
    return [hmac.new(key, message, hashlib.sha256).hexdigest() for key in _digest_keys(tuple(settings.ENCRYPTION_KEYS))]


@lru_cache(maxsize=8)
def _digest_keys(encoded_keys: tuple[str, ...]) -> list[bytes]:
    """One key of its own for each key of the ring: none is used for encryption and for digests (RFC 5869)."""
    return [HKDF(SHA256(), 32, salt=None, info=b"digests").derive(base64.b64decode(key)) for key in encoded_keys]


def seal(plaintext: str, *, context: str) -> bytes:
    """Encrypt a text under the newest key. `context` names the field and is authenticated, not stored."""
    return seal_bytes(plaintext.encode(), context=context)


def unseal(sealed: bytes | memoryview, *, context: str) -> str:
    """Decrypt what `seal` returned, with whichever key of the ring sealed it."""
    return unseal_bytes(sealed, context=context).decode()


def seal_bytes(content: bytes, *, context: str) -> bytes:
    """Encrypt bytes as `seal` does a text."""
    key_id, cipher = _ring(tuple(settings.ENCRYPTION_KEYS))[0]
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + key_id + nonce + cipher.encrypt(nonce, content, context.encode())


def unseal_bytes(sealed: bytes | memoryview, *, context: str) -> bytes:
    """Decrypt what `seal_bytes` returned."""
    data = bytes(sealed)
    key_id, rest = data[1 : 1 + _KEY_ID_BYTES], data[1 + _KEY_ID_BYTES :]
    for candidate, cipher in _ring(tuple(settings.ENCRYPTION_KEYS)):
        if candidate == key_id:
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], context.encode())
    raise ValueError("sealed with a key that is not in ENCRYPTION_KEYS")
