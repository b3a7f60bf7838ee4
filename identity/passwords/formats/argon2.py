"""Argon2i, Argon2id and Argon2d in their PHC string encoding (RFC 9106 functions, versions 1.0 and 1.3)."""

import re

from argon2 import Parameters, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHash
from argon2.low_level import verify_secret

from common.errors import AppError

# Limits for imported hashes: a verification may take 256 MiB and write about 1 GiB of memory in all.
_MAX_MEMORY_KIB = 262_144
_MAX_MEMORY_KIB_TIMES_PASSES = 1_048_576
_MAX_PASSES = 64
_MAX_LANES = 16
_SALT_BYTES = range(8, 65)
_TAG_BYTES = range(16, 129)

_SHAPE = re.compile(
    r"\$argon2(?:i|d|id)(?:\$v=\d{1,3})?\$m=\d{1,10},t=\d{1,10},p=\d{1,3}\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+"
)


def _parameters_of(digest: str) -> Parameters:
    if not _SHAPE.fullmatch(digest):
        raise AppError("password.unsupported_encryption_method")
    try:
        parameters = extract_parameters(digest)
    except InvalidHash:
        raise AppError("password.unsupported_encryption_method") from None
    is_acceptable = (
        parameters.version in (16, 18, 19)
        and 1 <= parameters.time_cost <= _MAX_PASSES
        and 1 <= parameters.parallelism <= _MAX_LANES
        and 8 * parameters.parallelism <= parameters.memory_cost <= _MAX_MEMORY_KIB
        and parameters.memory_cost * parameters.time_cost <= _MAX_MEMORY_KIB_TIMES_PASSES
        and parameters.salt_len in _SALT_BYTES
        and parameters.hash_len in _TAG_BYTES
    )
    if not is_acceptable:
        raise AppError("password.unsupported_encryption_method")
    return parameters


class Argon2Format:
    """One format for the three variants; which one it is, the digest itself says."""

    is_costly = True
    needs_decoy = False

    def validate(self, digest: str) -> None:
        _parameters_of(digest)

    def verify(self, password: bytes, digest: str) -> bool:
        parameters = _parameters_of(digest)
        try:
            return verify_secret(digest.encode("ascii"), password, parameters.type)
        except Argon2Error:
            return False
