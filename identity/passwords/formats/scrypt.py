"""Legacy recipe: scrypt (RFC 7914)."""

import hashlib
import hmac
from dataclasses import dataclass

from common.errors import AppError
from identity.passwords.formats.arguments import read_hex, read_int, read_salt

# N=2^17, r=8 is what is recommended: 128 MiB. The time goes with N·r·p, here up to twice what that takes.
_MAX_MEMORY_BYTES = 128 * 1024 * 1024
_MAX_STEPS = 2**21
_MAX_KEY_BYTES = 128


@dataclass(frozen=True, slots=True)
class ScryptRecipe:
    """`["scrypt", [salt, N, r, p, key length, "@"], hex key]`; a salt may be `hex:…`."""

    salt: bytes
    cost: int
    block_size: int
    parallelization: int
    expected: bytes

    @classmethod
    def parse(cls, arguments: list[str | int], expected: str) -> "ScryptRecipe":
        """Read the recipe. Raises `password.invalid_legacy_password_format`, also for a costly one."""
        match arguments:
            case [salt, cost_given, block_size_given, parallelization_given, key_length_given, "@"]:
                pass
            case _:
                raise AppError("password.invalid_legacy_password_format")
        cost = read_int(cost_given, 2, 2**20)
        block_size = read_int(block_size_given, 1, 64)
        parallelization = read_int(parallelization_given, 1, 64)
        key_length = read_int(key_length_given, 1, _MAX_KEY_BYTES)
        is_acceptable = (
            cost & (cost - 1) == 0
            and 128 * cost * block_size <= _MAX_MEMORY_BYTES
            and cost * block_size * parallelization <= _MAX_STEPS
        )
        key = read_hex(expected)
        if not is_acceptable or len(key) != key_length:
            raise AppError("password.invalid_legacy_password_format")
        return cls(read_salt(str(salt)), cost, block_size, parallelization, key)

    def matches(self, password: bytes) -> bool:
        actual = hashlib.scrypt(
            password,
            salt=self.salt,
            n=self.cost,
            r=self.block_size,
            p=self.parallelization,
            maxmem=2 * _MAX_MEMORY_BYTES,
            dklen=len(self.expected),
        )
        return hmac.compare_digest(actual, self.expected)
