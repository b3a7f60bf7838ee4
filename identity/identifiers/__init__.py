"""Usernames, email addresses and phone numbers: their form, their comparison, and what a tenant allows."""

from common.email_addresses import MAX_EMAIL_LENGTH, email_domain, is_valid_email, normalize_email, split_email
from identity.identifiers import errors
from identity.identifiers.email import assert_valid_email
from identity.identifiers.email_blocklist import (
    EMAIL_BLOCKLIST_POLICY,
    EmailBlocklistPolicy,
    assert_email_allowed,
    clean_blocklist_settings,
    covers_email_pattern,
    is_email_pattern,
    matches_email_pattern,
)
from identity.identifiers.phone import (
    calling_code,
    is_valid_phone,
    looks_like_phone,
    normalize_phone,
    phone_digits,
)
from identity.identifiers.username import (
    USERNAME_POLICY,
    UsernamePolicy,
    assert_username_allowed,
    find_username_violation,
    is_valid_username,
    normalize_username,
)

__all__ = [
    "EMAIL_BLOCKLIST_POLICY",
    "MAX_EMAIL_LENGTH",
    "USERNAME_POLICY",
    "EmailBlocklistPolicy",
    "UsernamePolicy",
    "assert_email_allowed",
    "assert_username_allowed",
    "assert_valid_email",
    "calling_code",
    "clean_blocklist_settings",
    "covers_email_pattern",
    "email_domain",
    "errors",
    "find_username_violation",
    "is_email_pattern",
    "is_valid_email",
    "is_valid_phone",
    "is_valid_username",
    "looks_like_phone",
    "matches_email_pattern",
    "normalize_email",
    "normalize_phone",
    "normalize_username",
    "phone_digits",
    "split_email",
]
