"""Usernames and the tenant's username policy."""

import pytest

from common.errors import AppError
from identity.identifiers import (
    UsernamePolicy,
    assert_username_allowed,
    find_username_violation,
    is_valid_username,
    normalize_username,
)


def policy(**allowed: bool) -> UsernamePolicy:
    return UsernamePolicy.from_settings({"minLength": 3, "maxLength": 8, "allowedChars": allowed})


@pytest.mark.parametrize("username", ["alice", "_", "A", "bob_2", "x" * 128])
def test_valid_names(username: str) -> None:
    assert is_valid_username(username)
    assert find_username_violation(username, UsernamePolicy.from_settings(None)) is None


@pytest.mark.parametrize("username", ["", "1alice", "al ice", "alice\n", "älice", "a-b", "a@b.co", "x" * 129, "a٣"])
def test_invalid_names(username: str) -> None:
    assert not is_valid_username(username)
    assert find_username_violation(username, UsernamePolicy.from_settings({})) is not None


@pytest.mark.parametrize(
    ("username", "allowed", "violation"),
    [
        ("1alice", {}, "starts_with_number"),
        ("al-ice", {}, "invalid_charset_hard"),
        ("alïce", {}, "invalid_charset_hard"),
        ("alice\n", {}, "invalid_charset_hard"),
        ("al", {}, "too_short"),
        ("", {}, "too_short"),
        ("alice_lid", {}, "too_long"),
        ("Alice", {"uppercase": False}, "uppercase_not_allowed"),
        ("ALICe", {"lowercase": False}, "lowercase_not_allowed"),
        ("alice1", {"numbers": False}, "numbers_not_allowed"),
        ("_alice", {"underscore": False}, "underscore_not_allowed"),
        ("alice", {"uppercase": False, "numbers": False, "underscore": False}, None),
    ],
)
def test_violations(username: str, allowed: dict[str, bool], violation: str | None) -> None:
    assert find_username_violation(username, policy(**allowed)) == violation
    if violation is None:
        assert_username_allowed(username, policy(**allowed))
        return
    with pytest.raises(AppError) as caught:
        assert_username_allowed(username, policy(**allowed))
    assert (caught.value.code, caught.value.status) == (f"user.username_{violation}", 422)
    assert "%(" not in caught.value.message


def test_case_tells_names_apart_only_where_the_policy_says_so() -> None:
    sensitive = UsernamePolicy.from_settings({"caseSensitive": True})
    insensitive = UsernamePolicy.from_settings({"caseSensitive": False})
    assert normalize_username("Alice", sensitive) != normalize_username("alice", sensitive)
    assert normalize_username("Alice", insensitive) == normalize_username("alice", insensitive)
