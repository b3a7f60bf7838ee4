"""Hashed passwords as other systems write them, in the formats that are verified here."""

import json
from collections.abc import Sequence

from identity.passwords import EncryptionMethod, HashedPassword

_BY_PREFIX = {
    "$argon2id$": EncryptionMethod.ARGON2ID,
    "$argon2i$": EncryptionMethod.ARGON2I,
    "$argon2d$": EncryptionMethod.ARGON2D,
    "$2a$": EncryptionMethod.BCRYPT,
    "$2b$": EncryptionMethod.BCRYPT,
    "$2y$": EncryptionMethod.BCRYPT,
}


def by_prefix(digest: str) -> HashedPassword | None:
    """Return a digest that says itself what it is: a PHC string of Argon2, or bcrypt; `None` for any other."""
    for prefix, method in _BY_PREFIX.items():
        if digest.startswith(prefix):
            return HashedPassword(digest, method.value)
    return None


def pbkdf2(*, hash_name: str, salt: bytes | str, iterations: int, key: bytes) -> HashedPassword:
    """Return a PBKDF2 key (RFC 8018 section 5.2); a salt in bytes is written in hexadecimal."""
    written = salt if isinstance(salt, str) else f"hex:{salt.hex()}"
    return _legacy("pbkdf2", [written, iterations, len(key), hash_name, "@"], key.hex())


def scrypt(*, salt: bytes, cost: int, block_size: int, parallelization: int, key: bytes) -> HashedPassword:
    """Return a scrypt key (RFC 7914)."""
    arguments: list[str | int] = [f"hex:{salt.hex()}", cost, block_size, parallelization, len(key), "@"]
    return _legacy("scrypt", arguments, key.hex())


def hmac(hash_name: str, key: bytes, digest: bytes) -> HashedPassword:
    """Return an HMAC of the bare password (RFC 2104)."""
    return _legacy("hmac", [hash_name, f"hex:{key.hex()}", "@"], digest.hex())


def ldap(value: str) -> HashedPassword:
    """Return a directory's `userPassword`, `{SSHA}…` (RFC 2307 section 5.3)."""
    return _legacy("ldap", ["@"], value)


def bcrypt_sha256(digest: str) -> HashedPassword:
    """Return bcrypt of the SHA-256 in hexadecimal."""
    return _legacy("bcrypt-sha256", ["@"], digest)


def joined(hash_name: str, parts: Sequence[str], digest: str) -> HashedPassword:
    """Return a plain hash of texts that are joined, with `@` for the password; the digest is in hexadecimal."""
    return _legacy(hash_name, list(parts), digest)


def firebase_scrypt(
    *, salt: str, signer_key: str, separator: str, rounds: int, memory_cost: int, digest: str
) -> HashedPassword:
    """Return Firebase's variant of scrypt; all texts are in base64."""
    return _legacy("firebase-scrypt", [salt, signer_key, separator, rounds, memory_cost, "@"], digest)


def _legacy(algorithm: str, arguments: list[str | int], digest: str) -> HashedPassword:
    recipe = json.dumps([algorithm, arguments, digest], separators=(",", ":"), ensure_ascii=False)
    return HashedPassword(recipe, EncryptionMethod.LEGACY.value)
