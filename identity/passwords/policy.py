"""The tenant's password policy: what a new password must and must not be."""

import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from common.errors import AppError
from common.shapes import Flag, Integer, Items, Members, Text
from identity.passwords.breaches import is_common, look_up_breached_suffixes, sha1_hex
from identity.passwords.preparation import MAX_PASSWORD_LENGTH, is_too_long, prepare_password
from identity.passwords.restricted import UserInfo, find_restricted_parts

_CLASSES = tuple(
    frozenset(characters)
    for characters in (
        string.ascii_lowercase,
        string.ascii_uppercase,
        string.digits,
        string.punctuation + " ",
    )
)

# A password may consist of restricted phrases if at least this many characters do not belong to one.
_UNRESTRICTED_CHARACTERS = 3


class BreachLookup(Protocol):
    """A source of breached passwords, asked by range so that it never learns the password."""

    def __call__(self, prefix: str) -> Collection[str]:
        """Return the other 35 upper-case hex digits of all breached SHA-1 hashes with this prefix."""
        ...


@dataclass(frozen=True, slots=True)
class PasswordIssue:
    """One reason to reject a password; `interpolation` holds the numbers of its message."""

    code: str
    interpolation: Mapping[str, int] | None = None

    def as_data(self) -> dict[str, Any]:
        """Return the issue as it stands in the error's data."""
        data: dict[str, Any] = {"code": self.code}
        if self.interpolation:
            data["interpolation"] = dict(self.interpolation)
        return data


PASSWORD_POLICY = Members(
    {
        "length": Members({"min": Integer(minimum=1, default=8), "max": Integer(minimum=1, default=256)}),
        "characterTypes": Members({"min": Integer(minimum=1, maximum=len(_CLASSES), default=1)}),
        "rejects": Members(
            {
                "pwned": Flag(default=True),
                "repetitionAndSequence": Flag(default=True),
                "userInfo": Flag(default=True),
                "words": Items(of=Text(max_length=256), max_items=1000, default=[]),
            }
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """The policy with every default filled in."""

    min_length: int
    max_length: int
    min_character_types: int
    rejects_pwned: bool
    rejects_repetition_and_sequence: bool
    rejects_user_info: bool
    rejected_words: tuple[str, ...]

    @classmethod
    def from_settings(cls, partial: Mapping[str, Any] | None) -> "PasswordPolicy":
        """Read the stored, partial `passwordPolicy`; a key that is missing keeps its default."""
        settings = PASSWORD_POLICY.fill(partial)
        rejects = settings["rejects"]
        return cls(
            min_length=settings["length"]["min"],
            max_length=settings["length"]["max"],
            min_character_types=settings["characterTypes"]["min"],
            rejects_pwned=rejects["pwned"],
            rejects_repetition_and_sequence=rejects["repetitionAndSequence"],
            rejects_user_info=rejects["userInfo"],
            rejected_words=tuple(rejects["words"]),
        )


def _length_issues(password: str, policy: PasswordPolicy) -> list[PasswordIssue]:
    longest = min(policy.max_length, MAX_PASSWORD_LENGTH)
    issues = []
    if len(password) < policy.min_length:
        issues.append(PasswordIssue("password_rejected.too_short", {"min": policy.min_length}))
    if len(password) > longest:
        issues.append(PasswordIssue("password_rejected.too_long", {"max": longest}))
    return issues


def _character_issues(password: str, policy: PasswordPolicy) -> list[PasswordIssue]:
    used = set(password)
    if used.difference(*_CLASSES):
        return [PasswordIssue("password_rejected.unsupported_characters")]
    if sum(not used.isdisjoint(characters) for characters in _CLASSES) < policy.min_character_types:
        return [PasswordIssue("password_rejected.character_types", {"min": policy.min_character_types})]
    return []


def _breach_issues(password: str, policy: PasswordPolicy, breach_lookup: BreachLookup) -> list[PasswordIssue]:
    if not policy.rejects_pwned or not password:
        return []
    digest = sha1_hex(password)
    # The list of this installation answers without a call, and where calls are turned off.
    is_breached = is_common(password) or digest[5:] in breach_lookup(digest[:5])
    return [PasswordIssue("password_rejected.pwned")] if is_breached else []


def _restriction_issues(password: str, policy: PasswordPolicy, user_info: UserInfo) -> list[PasswordIssue]:
    parts = find_restricted_parts(
        password,
        runs=policy.rejects_repetition_and_sequence,
        words=policy.rejected_words,
        user_phrases=user_info.phrases() if policy.rejects_user_info else (),
        phone=user_info.phone if policy.rejects_user_info else None,
    )
    if parts.covered <= max(1, len(password) - _UNRESTRICTED_CHARACTERS):
        return []
    return [PasswordIssue(f"password_rejected.restricted.{kind}") for kind in parts.kinds]


def find_issues(
    password: str,
    policy: PasswordPolicy,
    user_info: UserInfo | None = None,
    *,
    breach_lookup: BreachLookup = look_up_breached_suffixes,
) -> list[PasswordIssue]:
    """Return every reason to reject the password, or an empty list. It is judged in its prepared form."""
    if is_too_long(password):
        # Nobody chooses such a password; examining it further would only cost time.
        longest = min(policy.max_length, MAX_PASSWORD_LENGTH)
        return [PasswordIssue("password_rejected.too_long", {"max": longest})]
    password = prepare_password(password)
    return [
        *_length_issues(password, policy),
        *_character_issues(password, policy),
        *_breach_issues(password, policy, breach_lookup),
        *_restriction_issues(password, policy, user_info or UserInfo()),
    ]


def assert_password_allowed(
    password: str,
    policy: PasswordPolicy,
    user_info: UserInfo | None = None,
    *,
    breach_lookup: BreachLookup = look_up_breached_suffixes,
) -> None:
    """Raise `password.rejected`, its data listing every issue, unless the policy allows the password."""
    issues = find_issues(password, policy, user_info, breach_lookup=breach_lookup)
    if issues:
        raise AppError("password.rejected", data=[issue.as_data() for issue in issues], status=422)
