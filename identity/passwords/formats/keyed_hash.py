"""Legacy recipe: HMAC (RFC 2104) of the bare password."""

import hmac
from dataclasses import dataclass

from common.errors import AppError
from identity.passwords.formats.arguments import read_hex, read_salt
from identity.passwords.formats.hash_names import resolve_hash_name


@dataclass(frozen=True, slots=True)
class KeyedHashRecipe:
    """`["hmac", [hash, key, "@"], hex digest]`; a key may be `hex:…`."""

    hash_name: str
    key: bytes
    expected: bytes

    @classmethod
    def parse(cls, arguments: list[str | int], expected: str) -> "KeyedHashRecipe":
        """Read the recipe. Raises `AppError` for a malformed one, or a hash that cannot be keyed here."""
        match arguments:
            case [str(hash_given), key_given, "@"]:
                pass
            case _:
                raise AppError("password.invalid_legacy_password_format")
        hash_name = resolve_hash_name(hash_given)
        try:
            length = len(hmac.digest(b"key", b"", hash_name))
        except (ValueError, TypeError):
            raise AppError("password.unsupported_legacy_hash_algorithm") from None
        key, digest = read_salt(str(key_given)), read_hex(expected)
        if not key or len(digest) != length:
            raise AppError("password.invalid_legacy_password_format")
        return cls(hash_name, key, digest)

    def matches(self, password: bytes) -> bool:
        return hmac.compare_digest(hmac.digest(self.key, password, self.hash_name), self.expected)
