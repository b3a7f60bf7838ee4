"""Legacy recipe: bcrypt of the SHA-256 of the password in hexadecimal, so that more than 72 bytes count."""

import hashlib
from dataclasses import dataclass

from common.errors import AppError
from identity.passwords.formats.bcrypt import BcryptFormat

_bcrypt = BcryptFormat()


@dataclass(frozen=True, slots=True)
class BcryptSha256Recipe:
    """`["bcrypt-sha256", ["@"], "$2b$…"]`."""

    expected: str

    @classmethod
    def parse(cls, arguments: list[str | int], expected: str) -> "BcryptSha256Recipe":
        """Read the recipe. Raises `AppError` for a malformed or too costly one."""
        if arguments != ["@"]:
            raise AppError("password.invalid_legacy_password_format")
        _bcrypt.validate(expected)
        return cls(expected)

    def matches(self, password: bytes) -> bool:
        return _bcrypt.verify(hashlib.sha256(password).hexdigest().encode(), self.expected)
