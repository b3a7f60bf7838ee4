"""Usernames: their form on the wire, and the tenant's username policy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import AppError
from common.shapes import Flag, Integer, Members

MAX_USERNAME_LENGTH = 128

_FORM = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CHARSET = re.compile(r"[A-Za-z0-9_]*")


_ALLOWED = Flag(required=True, default=True)
USERNAME_POLICY = Members(
    {
        "caseSensitive": Flag(required=True, default=True),
        "minLength": Integer(minimum=1, maximum=MAX_USERNAME_LENGTH, required=True, default=1),
        "maxLength": Integer(minimum=1, maximum=MAX_USERNAME_LENGTH, required=True, default=MAX_USERNAME_LENGTH),
        "allowedChars": Members(
            {"lowercase": _ALLOWED, "uppercase": _ALLOWED, "numbers": _ALLOWED, "underscore": _ALLOWED}, required=True
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsernamePolicy:
    """Which usernames a tenant accepts, and whether their case tells them apart."""

    case_sensitive: bool
    min_length: int
    max_length: int
    allows_lowercase: bool
    allows_uppercase: bool
    allows_numbers: bool
    allows_underscore: bool

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any] | None) -> "UsernamePolicy":
        """Read the stored `usernamePolicy`; a key that is missing keeps its default."""
        given = USERNAME_POLICY.fill(settings)
        allowed = given["allowedChars"]
        return cls(
            case_sensitive=given["caseSensitive"],
            min_length=given["minLength"],
            max_length=given["maxLength"],
            allows_lowercase=allowed["lowercase"],
            allows_uppercase=allowed["uppercase"],
            allows_numbers=allowed["numbers"],
            allows_underscore=allowed["underscore"],
        )


def is_valid_username(username: str) -> bool:
    """Return whether the name has the form that every username has, whatever the tenant's policy."""
    return len(username) <= MAX_USERNAME_LENGTH and _FORM.fullmatch(username) is not None


def find_username_violation(username: str, policy: UsernamePolicy) -> str | None:
    """Return the first rule the name breaks, the end of its code `user.username_<violation>`, or `None`."""
    rules = (
        ("starts_with_number", "0" <= username[:1] <= "9"),
        ("invalid_charset_hard", _CHARSET.fullmatch(username) is None),
        ("too_short", len(username) < max(1, policy.min_length)),
        ("too_long", len(username) > min(policy.max_length, MAX_USERNAME_LENGTH)),
        ("uppercase_not_allowed", not policy.allows_uppercase and re.search("[A-Z]", username) is not None),
        ("lowercase_not_allowed", not policy.allows_lowercase and re.search("[a-z]", username) is not None),
        ("numbers_not_allowed", not policy.allows_numbers and re.search("[0-9]", username) is not None),
        ("underscore_not_allowed", not policy.allows_underscore and "_" in username),
    )
    return next((name for name, is_broken in rules if is_broken), None)


def assert_username_allowed(username: str, policy: UsernamePolicy) -> None:
    """Raise `user.username_<violation>` unless the policy allows the name."""
    violation = find_username_violation(username, policy)
    if violation:
        bounds = {"min": policy.min_length, "max": policy.max_length}
        raise AppError(f"user.username_{violation}", params=bounds)


def normalize_username(username: str, policy: UsernamePolicy) -> str:
    """Return the form in which two names of the tenant are compared: as typed, or without regard to case."""
    return username if policy.case_sensitive else username.lower()
