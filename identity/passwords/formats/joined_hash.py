"""Legacy recipe: any plain hash over salts and password joined in a given order."""

import hashlib
import hmac
import re
from dataclasses import dataclass

from common.errors import AppError
from identity.passwords.formats.hash_names import resolve_hash_name
from identity.passwords.formats.md4 import md4

_MD4 = "md4"
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")


def _digest(name: str, content: bytes) -> bytes:
    if name == _MD4:
        return md4(content)
    # Extendable-output functions have no length of their own; these are the customary ones.
    if name == "shake_128":
        return hashlib.shake_128(content).digest(16)
    if name == "shake_256":
        return hashlib.shake_256(content).digest(32)
    return hashlib.new(name, content, usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True)
class JoinedHashRecipe:
    """`[name, [arguments], hex digest]`: the arguments, with `@` for the password, joined and hashed."""

    name: str
    arguments: tuple[str, ...]
    expected: bytes

    @classmethod
    def parse(cls, algorithm: str, arguments: list[str | int], expected: str) -> "JoinedHashRecipe":
        """Read the recipe. Raises `AppError` for an unknown hash or a digest it cannot produce."""
        name = _MD4 if algorithm.lower() == _MD4 else resolve_hash_name(algorithm)
        if not _HEX.fullmatch(expected) or len(expected) != 2 * len(_digest(name, b"")):
            raise AppError("password.invalid_legacy_password_format")
        return cls(name, tuple(str(argument) for argument in arguments), bytes.fromhex(expected))

    def matches(self, password: bytes) -> bool:
        content = b"".join(
            password if argument == "@" else argument.encode("utf-8", "surrogatepass") for argument in self.arguments
        )
        return hmac.compare_digest(_digest(self.name, content), self.expected)
