"""Legacy recipe: `userPassword` of a directory (RFC 2307 section 5.3), as OpenLDAP writes it with a salt behind."""

import hashlib
import hmac
import re
from dataclasses import dataclass

from common.errors import AppError
from identity.passwords.formats.arguments import read_base64

# Scheme -> hash, and whether a salt follows the digest. `{CRYPT}` is whatever the directory's system took it for.
_SCHEMES = {
    "MD5": ("md5", False),
    "SMD5": ("md5", True),
    "SHA": ("sha1", False),
    "SSHA": ("sha1", True),
    "SHA256": ("sha256", False),
    "SSHA256": ("sha256", True),
    "SHA384": ("sha384", False),
    "SSHA384": ("sha384", True),
    "SHA512": ("sha512", False),
    "SSHA512": ("sha512", True),
}
_SHAPE = re.compile(r"\{(?P<scheme>[A-Za-z0-9]{3,8})\}(?P<value>[A-Za-z0-9+/]+={0,2})")
_MAX_SALT_BYTES = 64


@dataclass(frozen=True, slots=True)
class LdapRecipe:
    """`["ldap", ["@"], "{SSHA}…"]`."""

    hash_name: str
    salt: bytes
    expected: bytes

    @classmethod
    def parse(cls, arguments: list[str | int], expected: str) -> "LdapRecipe":
        """Read the recipe. Raises `AppError` for a malformed one, or a scheme that is not verified here."""
        found = _SHAPE.fullmatch(expected)
        if arguments != ["@"] or found is None:
            raise AppError("password.invalid_legacy_password_format")
        scheme = _SCHEMES.get(found["scheme"].upper())
        if scheme is None:
            raise AppError("password.unsupported_legacy_hash_algorithm")
        hash_name, is_salted = scheme
        content = read_base64(found["value"])
        length = hashlib.new(hash_name, usedforsecurity=False).digest_size
        salt = content[length:]
        if len(content) < length or bool(salt) != is_salted or len(salt) > _MAX_SALT_BYTES:
            raise AppError("password.invalid_legacy_password_format")
        return cls(hash_name, salt, content[:length])

    def matches(self, password: bytes) -> bool:
        actual = hashlib.new(self.hash_name, password + self.salt, usedforsecurity=False).digest()
        return hmac.compare_digest(actual, self.expected)
