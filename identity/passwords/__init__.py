"""Passwords: hashing, imported formats and the tenant's policy. Free of models and requests."""

from identity.passwords import errors
from identity.passwords.formats import MAX_ENCRYPTED_LENGTH, EncryptionMethod, validate_digest
from identity.passwords.hashing import (
    CURRENT_METHOD,
    HashedPassword,
    find_matching_form,
    hash_password,
    needs_rehash,
    run_decoy,
    verify_password,
)
from identity.passwords.policy import (
    PASSWORD_POLICY,
    PasswordIssue,
    PasswordPolicy,
    assert_password_allowed,
    find_issues,
)
from identity.passwords.preparation import is_too_long, prepare_password
from identity.passwords.restricted import UserInfo

__all__ = [
    "CURRENT_METHOD",
    "MAX_ENCRYPTED_LENGTH",
    "PASSWORD_POLICY",
    "EncryptionMethod",
    "HashedPassword",
    "PasswordIssue",
    "PasswordPolicy",
    "UserInfo",
    "assert_password_allowed",
    "errors",
    "find_issues",
    "find_matching_form",
    "hash_password",
    "is_too_long",
    "needs_rehash",
    "prepare_password",
    "run_decoy",
    "validate_digest",
    "verify_password",
]
