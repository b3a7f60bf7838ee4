"""Making and checking stored passwords.

New passwords are argon2id (RFC 9106) with the parameters of the settings `PASSWORD_ARGON2_TIME_COST`,
`PASSWORD_ARGON2_MEMORY_COST` (KiB) and `PASSWORD_ARGON2_PARALLELISM`. However many requests arrive, one
process computes at most `PASSWORD_HASH_CONCURRENCY` costly hashes at a time; a few others wait, and beyond those a
request is refused (`identity.passwords.queue`), so that memory, processors and threads stay bounded. Every function
here that hashes may therefore raise `request.rate_limited` (429).
"""

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHash
from argon2.low_level import hash_secret_raw
from django.conf import settings

from common.errors import AppError
from identity.passwords.formats import FORMATS, EncryptionMethod
from identity.passwords.queue import HashQueue
from tenants.rate_limits import TooManyRequestsError

#: No password over this many bytes is ever hashed.
MAX_PASSWORD_BYTES = 4096

#: The method of every new password.
CURRENT_METHOD = EncryptionMethod.ARGON2ID

_TAG_BYTES = 32
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class HashedPassword:
    """A stored password: the encoded hash and the name of its method."""

    encrypted: str
    method: str


@lru_cache(maxsize=8)
def _hasher_with(time_cost: int, memory_cost: int, parallelism: int) -> PasswordHasher:
    return PasswordHasher(time_cost, memory_cost, parallelism, _TAG_BYTES, _SALT_BYTES, type=Type.ID)


def _hasher() -> PasswordHasher:
    return _hasher_with(
        getattr(settings, "PASSWORD_ARGON2_TIME_COST", 2),
        getattr(settings, "PASSWORD_ARGON2_MEMORY_COST", 19_456),
        getattr(settings, "PASSWORD_ARGON2_PARALLELISM", 1),
    )


@lru_cache(maxsize=8)
def _queue(slots: int, places: int) -> HashQueue:
    return HashQueue(slots=slots, places=places)


def _hashing_slot() -> AbstractContextManager[None]:
    slots = max(1, settings.PASSWORD_HASH_CONCURRENCY or os.cpu_count() or 1)
    return _queue(slots, settings.PASSWORD_HASH_QUEUE).turn()


def _as_bytes(password: str) -> bytes:
    # A lone surrogate can arrive in JSON; it must neither crash nor equal another password.
    return password.encode("utf-8", "surrogatepass")


def hash_password(password: str) -> HashedPassword:
    """Hash a new password with the current method.

    Raises `password.rejected` for a password over `MAX_PASSWORD_BYTES`, whatever the policy allows.
    """
    content = _as_bytes(password)
    if len(content) > MAX_PASSWORD_BYTES:
        issue = {"code": "password_rejected.too_long", "interpolation": {"max": MAX_PASSWORD_BYTES}}
        raise AppError("password.rejected", data=[issue])
    with _hashing_slot():
        return HashedPassword(_hasher().hash(content), CURRENT_METHOD.value)


def verify_password(password: str, encrypted: str, method: str) -> bool:
    """Return whether the password is the stored one.

    A failure of a format whose time would tell about the account is followed by a decoy here, so callers add
    one only where there is no stored password at all. A digest that cannot be read never matches.
    """
    content = _as_bytes(password)
    password_format = FORMATS.get(method)
    if password_format is None or len(content) > MAX_PASSWORD_BYTES:
        run_decoy()
        return False
    try:
        if password_format.is_costly:
            with _hashing_slot():
                matched = password_format.verify(content, encrypted)
        else:
            matched = password_format.verify(content, encrypted)
    except TooManyRequestsError:
        raise
    except AppError:
        run_decoy()
        return False
    if not matched and password_format.needs_decoy:
        run_decoy()
    return matched


def needs_rehash(encrypted: str, method: str) -> bool:
    """Return whether a password just verified should be stored anew, with the current parameters."""
    if method != CURRENT_METHOD:
        return True
    try:
        return _hasher().check_needs_rehash(encrypted)
    except InvalidHash:
        return True


def run_decoy() -> None:
    """Spend what one verification costs, so that time does not tell of an unknown user."""
    hasher = _hasher()
    with _hashing_slot():
        hash_secret_raw(
            b"decoy",
            bytes(_SALT_BYTES),
            time_cost=hasher.time_cost,
            memory_cost=hasher.memory_cost,
            parallelism=hasher.parallelism,
            hash_len=_TAG_BYTES,
            type=Type.ID,
        )
