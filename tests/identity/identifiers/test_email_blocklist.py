"""Which addresses a tenant lets in."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import AppError
from identity.identifiers import EmailBlocklistPolicy, assert_email_allowed, clean_blocklist_settings
from identity.identifiers.wildcards import matches_wildcard


def outcome(email: str, **settings: Any) -> tuple[str, int] | None:
    try:
        assert_email_allowed(email, EmailBlocklistPolicy.from_settings(settings))
    except AppError as error:
        return error.code.removeprefix("session.email_blocklist."), error.status
    return None


NOT_ALLOWED = ("email_not_allowed", 422)


@pytest.mark.parametrize(
    "settings", [{}, {"customBlocklist": [], "customAllowlist": []}, {"blockSubaddressing": False}]
)
def test_empty_policy_lets_everybody_in(settings: dict[str, Any]) -> None:
    assert outcome("alice+x@example.com", **settings) is None
    assert_email_allowed("alice@example.com", EmailBlocklistPolicy.from_settings(None))


@pytest.mark.parametrize("email", ["alice", "", "alice@"])
def test_address_without_domain(email: str) -> None:
    assert outcome(email) == ("invalid_email", 400)


def test_subaddressing() -> None:
    blocked = ("email_subaddressing_not_allowed", 422)
    assert outcome("alice+x@example.com", blockSubaddressing=True) == blocked
    assert outcome("alice@exa+mple.com", blockSubaddressing=True) is None
    # It comes before both lists.
    assert outcome("alice+x@example.com", blockSubaddressing=True, customAllowlist=["@example.com"]) == blocked
    assert outcome("alice+x@example.com", blockSubaddressing=True, customBlocklist=["@example.com"]) == blocked


@pytest.mark.parametrize(
    ("item", "email", "is_blocked"),
    [
        ("mallory@example.com", "mallory@example.com", True),
        ("mallory@example.com", "Mallory@EXAMPLE.com", True),
        ("MALLORY@example.com", "mallory@example.com", True),
        ("mallory@example.com", "xmallory@example.com", False),
        ("@example.com", "anyone@example.com", True),
        ("@example.com", "anyone@sub.example.com", False),
        ("@example.com", "anyone@notexample.com", False),
        ("@example.com", "anyone@example.com.evil.io", False),
        ("@example.com", "anyone@example.com.", True),
        ("@example.com", "anyone@ｅｘａｍｐｌｅ.com", True),
        ("@*.example.com", "anyone@sub.example.com", True),
        ("@*.example.com", "anyone@example.com", False),
        ("@temp*.io", "anyone@tempmail.io", True),
        ("test*@example.com", "test42@example.com", True),
        ("test*@example.com", "atest@example.com", False),
        ("*bot*@*.io", "my-bot-1@x.y.io", True),
        # The dot is a dot.
        ("@example.com", "anyone@examplexcom", False),
        ("a.b@example.com", "axb@example.com", False),
        ("a.b@example.com", "ab@example.com", False),
        # Gmail has two names and does not see dots.
        ("m.allory@gmail.com", "mal.lory@gmail.com", True),
        ("mallory@gmail.com", "m.allory@googlemail.com", True),
        ("mallory@googlemail.com", "mallory@gmail.com", True),
        ("@googlemail.com", "anyone@gmail.com", True),
        ("m.al*@gmail.com", "mallory@googlemail.com", True),
        ("mallory@gmail.com", "mallory@gmail.com.example.io", False),
    ],
)
def test_lists(item: str, email: str, is_blocked: bool) -> None:
    assert outcome(email, customBlocklist=[item]) == (NOT_ALLOWED if is_blocked else None)
    assert outcome(email, customAllowlist=[item]) == (None if is_blocked else NOT_ALLOWED)


def test_blocklist_narrows_the_allowlist() -> None:
    lists = {"customAllowlist": ["@example.com"], "customBlocklist": ["mallory@example.com"]}
    assert outcome("alice@example.com", **lists) is None
    assert outcome("mallory@example.com", **lists) == NOT_ALLOWED
    assert outcome("alice@other.example", **lists) == NOT_ALLOWED


def test_cleaned_settings_lose_duplicates() -> None:
    cleaned = clean_blocklist_settings(
        {
            "blockSubaddressing": True,
            "customBlocklist": ["@a.io", "b@a.io", "@a.io"],
            "customAllowlist": ["*@*.example.com", "test*@x.io"],
        }
    )
    assert cleaned == {
        "blockSubaddressing": True,
        "customBlocklist": ["@a.io", "b@a.io"],
        "customAllowlist": ["*@*.example.com", "test*@x.io"],
    }
    assert clean_blocklist_settings({}) == {}
    assert clean_blocklist_settings({"blockDisposableAddresses": True}) == {"blockDisposableAddresses": True}


@pytest.mark.parametrize(
    "item",
    [
        "",
        "example.com",
        "@",
        "@example",
        "alice@",
        "@*",
        "@*.*",
        "@.",
        "@.com",
        "@a..com",
        "a b@x.io",
        "a@b@x.io",
        "@x.io\n",
    ],
)
@pytest.mark.parametrize("key", ["customBlocklist", "customAllowlist"])
def test_item_of_no_known_form_is_refused(item: str, key: str) -> None:
    with pytest.raises(AppError) as caught:
        clean_blocklist_settings({key: ["@fine.io", item]})
    assert caught.value.code == "sign_in_experiences.invalid_custom_email_blocklist_format"
    assert caught.value.status == 400
    assert caught.value.data == {"items": [item]}


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
def test_wildcards_agree_with_a_regular_expression(pattern: str, text: str) -> None:
    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    assert matches_wildcard(pattern, text) == (re.fullmatch(expression, text) is not None)


def test_many_wildcards_cost_linear_passes() -> None:
    assert not matches_wildcard("a*" * 2000 + "b", "a" * 20_000)
