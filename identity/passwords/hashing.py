"""Making and checking stored passwords.

New passwords are argon2id (RFC 9106) with the parameters of the settings `PASSWORD_ARGON2_TIME_COST`,
`PASSWORD_ARGON2_MEMORY_COST` (KiB) and `PASSWORD_ARGON2_PARALLELISM`. However many requests arrive, one
process computes at most `PASSWORD_HASH_CONCURRENCY` costly hashes at a time; a few others wait, and beyond those a
request is refused (`identity.passwords.queue`), so that memory, processors and threads stay bounded. Every function
here that hashes may therefore raise `request.rate_limited` (429).

A hash of other parameters, imported or made before they were changed, verifies at its own cost until its owner signs in
and it is made again (`needs_rehash`). Until then its failures take another time than the decoy's.
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
from identity.passwords.formats import FORMATS, EncryptionMethod, PasswordFormat
from identity.passwords.preparation import MAX_PASSWORD_LENGTH, is_too_long, prepare_password
from identity.passwords.queue import HashQueue
from tenants.rate_limits import TooManyRequestsError

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
        getattr(settings, "PASSWORD_ARGON2_TIME_COST", 5),
        getattr(settings, "PASSWORD_ARGON2_MEMORY_COST", 7_168),
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
    """Hash a new password, in its prepared form, with the current method.

    Raises `password.rejected` for a password over `MAX_PASSWORD_LENGTH`, whatever the policy allows.
    """
    if is_too_long(password):
        issue = {"code": "password_rejected.too_long", "interpolation": {"max": MAX_PASSWORD_LENGTH}}
        raise AppError("password.rejected", data=[issue])
    content = _as_bytes(prepare_password(password))
    with _hashing_slot():
        return HashedPassword(_hasher().hash(content), CURRENT_METHOD.value)


def verify_password(password: str, encrypted: str, method: str) -> bool:
    """Return whether the password is the stored one; see `find_matching_form`."""
    return find_matching_form(password, encrypted, method) is not None


def find_matching_form(password: str, encrypted: str, method: str) -> str | None:
    """Return the form of the password that is the stored one, or `None`.

    That is the prepared form, or the one that was typed: another system's hash may have been made of it.

    A failure of a format whose time would tell about the account is followed by a decoy here, so callers add
    one only if there is no stored password at all. A digest that cannot be read never matches.
    """
    password_format = FORMATS.get(method)
    if password_format is None or is_too_long(password):
        run_decoy(password)
        return None
    try:
        for form in _forms_of(password):
            if _matches(password_format, form, encrypted):
                return form
    except TooManyRequestsError:
        raise
    except AppError:
        run_decoy(password)
        return None
    if password_format.needs_decoy:
        run_decoy(password)
    return None


def _forms_of(password: str) -> tuple[str, ...]:
    """The forms in which a password is tried: prepared, and as it was typed if that is another."""
    if is_too_long(password):
        return (password,)
    return tuple(dict.fromkeys((prepare_password(password), password)))


def _matches(password_format: PasswordFormat, password: str, encrypted: str) -> bool:
    content = _as_bytes(password)
    if not password_format.is_costly:
        return password_format.verify(content, encrypted)
    with _hashing_slot():
        return password_format.verify(content, encrypted)


def needs_rehash(encrypted: str, method: str) -> bool:
    """Return whether a password just verified should be stored again, with the current parameters."""
    if method != CURRENT_METHOD:
        return True
    try:
        return _hasher().check_needs_rehash(encrypted)
    except InvalidHash:
        return True


def run_decoy(password: str) -> None:
    """Spend what a failing verification of this password costs, so that time does not tell of an unknown user."""
    hasher = _hasher()
    for _form in _forms_of(password):
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
