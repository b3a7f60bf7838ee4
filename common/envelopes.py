"""Envelope encryption: a value under a key of its own, and that key under a key ring.

To rotate the ring, only the small keys are sealed again. AES-256-GCM throughout (NIST SP 800-38D).
"""

import base64
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed value. `encrypted_dek` is nonce, ciphertext and tag of its data encryption key under the key ring."""

    encrypted_dek: bytes
    iv: bytes
    auth_tag: bytes
    ciphertext: bytes


def seal_envelope(plaintext: str, keys: Sequence[str], *, context: str) -> Envelope:
    """Seal a text under the first of the keys (32 bytes in base64 each); `context` is authenticated, not stored."""
    dek, nonce = secrets.token_bytes(_KEY_BYTES), secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(dek).encrypt(nonce, plaintext.encode(), context.encode())
    return Envelope(_wrap(dek, keys[0]), nonce, sealed[-_TAG_BYTES:], sealed[:-_TAG_BYTES])


def open_envelope(envelope: Envelope, keys: Sequence[str], *, context: str) -> str:
    """Return the text; raises `ValueError` if none of the keys opens it."""
    dek, _key = _unwrap(envelope.encrypted_dek, keys)
    return AESGCM(dek).decrypt(envelope.iv, envelope.ciphertext + envelope.auth_tag, context.encode()).decode()


def rewrapped(encrypted_dek: bytes, keys: Sequence[str]) -> bytes | None:
    """Return the data encryption key under the first of the keys, `None` if it is under that already.

    Raises `ValueError` if none of the keys opens it.
    """
    dek, key = _unwrap(encrypted_dek, keys)
    return None if key == keys[0] else _wrap(dek, keys[0])


def _wrap(dek: bytes, key: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(base64.b64decode(key)).encrypt(nonce, dek, None)


def _unwrap(encrypted_dek: bytes, keys: Sequence[str]) -> tuple[bytes, str]:
    nonce, wrapped = encrypted_dek[:_NONCE_BYTES], encrypted_dek[_NONCE_BYTES:]
    for key in keys:
        with suppress(InvalidTag):
            return AESGCM(base64.b64decode(key)).decrypt(nonce, wrapped, None), key
    raise ValueError("sealed with a key that is not in SECRET_VAULT_KEK")
