"""Backup codes and their digests. Free of models and requests."""

import re
import secrets
from collections.abc import Sequence

from common.crypto import keyed_digests
from common.errors import AppError

CODES_IN_SET = 10
_CODE_BYTES = 5
_CODE_FORM = re.compile(r"[0-9a-f]{10}", re.ASCII)


def new_codes() -> list[str]:
    """Return a new set: ten different codes of ten lower-case hex digits, 40 bits each."""
    codes: set[str] = set()
    while len(codes) < CODES_IN_SET:
        codes.add(secrets.token_hex(_CODE_BYTES))
    return list(codes)


def assert_format(codes: Sequence[str]) -> None:
    """Raise `user.wrong_backup_code_format` unless these are ten different codes in the form of `new_codes`."""
    if len(codes) != CODES_IN_SET or len(set(codes)) != CODES_IN_SET or not all(map(_CODE_FORM.fullmatch, codes)):
        raise AppError("user.wrong_backup_code_format")


def is_backup_code(code: str) -> bool:
    """Whether a text has the form of `new_codes`."""
    return _CODE_FORM.fullmatch(code) is not None


def hash_codes(user_id: str, codes: Sequence[str]) -> list[str]:
    """Return the digests by which a user's set is kept. Raises `user.wrong_backup_code_format`."""
    assert_format(codes)
    return [candidate_hashes(user_id, code)[0] for code in codes]


def candidate_hashes(user_id: str, code: str) -> list[str]:
    """Return the digests that a typed code may be kept under, newest key first; none if it cannot be a code.

    A code is typed from paper: case and white space do not count.
    """
    typed = "".join(code.split()).lower() if len(code) <= 64 else ""
    if not _CODE_FORM.fullmatch(typed):
        return []
    return keyed_digests(typed, context=f"identity.backup-code.{user_id}")
