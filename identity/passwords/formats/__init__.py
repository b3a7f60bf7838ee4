"""The stored password formats: one file per family, and the table that names them."""

from collections.abc import Mapping

from common.errors import AppError
from identity.passwords.formats.argon2 import Argon2Format
from identity.passwords.formats.base import EncryptionMethod, PasswordFormat
from identity.passwords.formats.bcrypt import BcryptFormat
from identity.passwords.formats.digests import PlainDigestFormat
from identity.passwords.formats.legacy import LegacyFormat

__all__ = [
    "FORMATS",
    "MAX_ENCRYPTED_LENGTH",
    "EncryptionMethod",
    "PasswordFormat",
    "get_format",
    "validate_digest",
]

#: The longest stored password, in characters; every format fits.
MAX_ENCRYPTED_LENGTH = 256

_argon2 = Argon2Format()

FORMATS: Mapping[str, PasswordFormat] = {
    EncryptionMethod.ARGON2I: _argon2,
    EncryptionMethod.ARGON2ID: _argon2,
    EncryptionMethod.ARGON2D: _argon2,
    EncryptionMethod.SHA1: PlainDigestFormat("sha1"),
    EncryptionMethod.SHA256: PlainDigestFormat("sha256"),
    EncryptionMethod.MD5: PlainDigestFormat("md5"),
    EncryptionMethod.BCRYPT: BcryptFormat(),
    EncryptionMethod.LEGACY: LegacyFormat(),
}


def get_format(method: str) -> PasswordFormat:
    """Return the format of an encryption method. Raises `password.unsupported_encryption_method`."""
    try:
        return FORMATS[method]
    except KeyError:
        raise AppError("password.unsupported_encryption_method") from None


def validate_digest(digest: str, method: str) -> None:
    """Refuse an imported password that could never be verified, or only at an unreasonable cost.

    Raises `password.unsupported_encryption_method` for an unknown method or a digest that is not of that
    method, `password.invalid_legacy_password_format` and `password.unsupported_legacy_hash_algorithm` for the
    `Legacy` method, and `entity.value_too_long` for a digest over `MAX_ENCRYPTED_LENGTH`.
    """
    password_format = get_format(method)
    if len(digest) > MAX_ENCRYPTED_LENGTH:
        raise AppError("entity.value_too_long", data={"message": "passwordDigest"})
    password_format.validate(digest)
