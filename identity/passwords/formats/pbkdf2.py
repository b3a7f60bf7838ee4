"""Legacy recipe: PBKDF2 (RFC 8018, section 5.2)."""

import hashlib
import hmac
from dataclasses import dataclass

from common.errors import AppError
from identity.passwords.formats.arguments import read_hex, read_int, read_salt
from identity.passwords.formats.hash_names import resolve_hash_name

# Twice what any published recommendation asks for; and the same bound again over all blocks of a long key.
_MAX_ITERATIONS = 2_000_000
_MAX_ITERATIONS_TIMES_BLOCKS = 4_000_000
_MAX_KEY_BYTES = 128


@dataclass(frozen=True, slots=True)
class Pbkdf2Recipe:
    """`["pbkdf2", [salt, iterations, key length, hash, "@"], hex key]`; a salt may be `hex:…`."""

    hash_name: str
    salt: bytes
    iterations: int
    expected: bytes

    @classmethod
    def parse(cls, arguments: list[str | int], expected: str) -> "Pbkdf2Recipe":
        """Read the recipe. Raises `AppError` for a malformed or too costly one, or an unknown hash."""
        match arguments:
            case [salt, iterations_given, key_length_given, str(hash_given), "@"]:
                pass
            case _:
                raise AppError("password.invalid_legacy_password_format")
        hash_name = resolve_hash_name(hash_given)
        iterations = read_int(iterations_given, 1, _MAX_ITERATIONS)
        key_length = read_int(key_length_given, 1, _MAX_KEY_BYTES)
        block_length = hashlib.new(hash_name, usedforsecurity=False).digest_size
        if not block_length:
            raise AppError("password.unsupported_legacy_hash_algorithm")
        try:
            hashlib.pbkdf2_hmac(hash_name, b"", b"", 1)
        except ValueError:
            raise AppError("password.unsupported_legacy_hash_algorithm") from None
        blocks = -(-key_length // block_length)
        if iterations * blocks > _MAX_ITERATIONS_TIMES_BLOCKS:
            raise AppError("password.invalid_legacy_password_format")
        key = read_hex(expected)
        if len(key) != key_length:
            raise AppError("password.invalid_legacy_password_format")
        return cls(hash_name, read_salt(str(salt)), iterations, key)

    def matches(self, password: bytes) -> bool:
        actual = hashlib.pbkdf2_hmac(self.hash_name, password, self.salt, self.iterations, len(self.expected))
        return hmac.compare_digest(actual, self.expected)
