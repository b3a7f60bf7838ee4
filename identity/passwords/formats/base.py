"""What every stored password format has in common."""

from enum import StrEnum
from typing import Protocol


class EncryptionMethod(StrEnum):
    """How a stored password was made; the values are the wire's `passwordEncryptionMethod`."""

    ARGON2I = "Argon2i"
    ARGON2ID = "Argon2id"
    ARGON2D = "Argon2d"
    SHA1 = "SHA1"
    SHA256 = "SHA256"
    MD5 = "MD5"
    BCRYPT = "Bcrypt"
    LEGACY = "Legacy"


class PasswordFormat(Protocol):
    """One format of stored passwords.

    A digest may have been written by anybody who can import users, so `validate` refuses every digest that
    would be too costly to verify, and `verify` applies the same checks again before it spends anything.
    """

    #: Verifying spends noticeable time or memory and must wait for one of the process's hashing slots.
    is_costly: bool

    #: Failing takes a time of its own, which would tell an attacker about the account: a decoy must follow.
    needs_decoy: bool

    def validate(self, digest: str) -> None:
        """Refuse a digest that cannot be verified, or only at an unreasonable cost. Raises `AppError`."""
        ...

    def verify(self, password: bytes, digest: str) -> bool:
        """Return whether the digest was made from the password. Raises `AppError` as `validate` does."""
        ...
