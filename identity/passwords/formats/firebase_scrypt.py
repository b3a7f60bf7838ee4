"""Legacy recipe: the scrypt variant of Firebase Authentication (scrypt itself is RFC 7914)."""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from common.errors import AppError
from identity.passwords.formats.arguments import read_base64, read_int

# Firebase uses N=2^14, r=8: 16 MiB. Four times that is the most one verification may take.
_MAX_MEMORY_BYTES = 64 * 1024 * 1024
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class FirebaseScryptRecipe:
    """`["firebase-scrypt", [salt, signer key, separator, rounds, memory cost, "@"], digest]` in base64.

    scrypt with N=2^(memory cost), r=rounds, p=1 gives an AES-256 key; the digest is the signer key encrypted
    with it in counter mode.
    """

    salt: bytes
    signer_key: bytes
    rounds: int
    memory_cost: int
    expected: bytes

    @classmethod
    def parse(cls, arguments: list[str | int], expected: str) -> "FirebaseScryptRecipe":
        """Read the recipe. Raises `password.invalid_legacy_password_format`, also for a costly one."""
        match arguments:
            case [salt, signer_key_given, separator, rounds_given, memory_cost_given, "@"]:
                pass
            case _:
                raise AppError("password.invalid_legacy_password_format")
        rounds = read_int(rounds_given, 1, 64)
        memory_cost = read_int(memory_cost_given, 1, 20)
        if 128 * rounds * 2**memory_cost > _MAX_MEMORY_BYTES:
            raise AppError("password.invalid_legacy_password_format")
        signer_key, digest = read_base64(signer_key_given), read_base64(expected)
        if not signer_key or len(digest) != len(signer_key):
            raise AppError("password.invalid_legacy_password_format")
        return cls(read_base64(salt) + read_base64(separator), signer_key, rounds, memory_cost, digest)

    def matches(self, password: bytes) -> bool:
        key = hashlib.scrypt(
            password,
            salt=self.salt,
            n=2**self.memory_cost,
            r=self.rounds,
            p=1,
            maxmem=2 * _MAX_MEMORY_BYTES,
            dklen=_KEY_BYTES,
        )
        # The construction fixes the counter at zero: each key encrypts this one message.
        encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
        actual = encryptor.update(self.signer_key) + encryptor.finalize()
        return hmac.compare_digest(actual, self.expected)
