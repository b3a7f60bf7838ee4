"""Email addresses: form, comparison and domain."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import AppError
from identity.identifiers import (
    assert_valid_email,
    email_domain,
    is_valid_email,
    normalize_email,
    split_email,
)


@pytest.mark.parametrize(
    "email",
    [
        "alice@example.com",
        "A.B+c@mail.example.co.uk",
        "o'neil@x.io",
        "用户@例え.jp",
        "a" * 116 + "@example.com",
    ],
)
def test_valid_addresses(email: str) -> None:
    assert is_valid_email(email)
    assert_valid_email(email)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "alice",
        "alice@example",
        "@example.com",
        "alice@.com",
        "alice@example.",
        "alice@example..com",
        "al ice@example.com",
        "alice@example.com\n",
        "alice@example.com\r\nBcc: mallory@example.com",
        "alice@example.com,mallory@example.com",
        "alice@mallory.example@example.com",
        "<alice@example.com>",
        "alice\x00@example.com",
        "alice\u200b@example.com",
        "alice\u202e@example.com",
        "alice\ud800@example.com",
    ],
)
def test_invalid_addresses(email: str) -> None:
    assert not is_valid_email(email)
    with pytest.raises(AppError) as caught:
        assert_valid_email(email)
    assert (caught.value.code, caught.value.status) == ("user.invalid_email", 422)


def test_address_over_the_column() -> None:
    assert not is_valid_email("a" * 117 + "@example.com")
    with pytest.raises(AppError) as caught:
        assert_valid_email("a" * 117 + "@example.com")
    assert (caught.value.code, caught.value.status) == ("entity.value_too_long", 422)


def test_case_does_not_tell_addresses_apart() -> None:
    assert normalize_email("Alice@Example.COM") == normalize_email("alice@example.com") == "alice@example.com"


@pytest.mark.parametrize(
    ("alice", "mallory"),
    [
        ("mike@example.com", "mi\u212ae@example.com"),  # Kelvin sign
        ("admin@github.com", "admin@g\u0131thub.com"),  # dotless i
        ("sales@example.com", "\u017fales@example.com"),  # long s
        ("strasse@example.com", "straße@example.com"),
    ],
)
def test_look_alike_is_another_address(alice: str, mallory: str) -> None:
    assert normalize_email(alice) != normalize_email(mallory)


@given(st.text(max_size=60))
def test_normalizing_twice_changes_nothing_and_keeps_what_is_not_ascii_of_the_local_part(email: str) -> None:
    once = normalize_email(email)
    assert normalize_email(once) == once
    local, kept = split_email(email)[0], split_email(once)[0]
    assert [c for c in kept if not c.isascii()] == [c for c in local if not c.isascii()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user@bücher.example", "user@xn--bcher-kva.example"),
        ("user@BÜCHER.example", "user@XN--BCHER-KVA.Example"),
        ("user@bu\u0308cher.example", "user@bücher.example"),
        ("user@例え。jp", "user@xn--r8jz45g.jp"),
    ],
)
def test_every_spelling_of_a_domain_is_one_address(one: str, other: str) -> None:
    """Two accounts existed for one mailbox: the domain was compared as typed, not as DNS sees it (RFC 5890)."""
    assert normalize_email(one) == normalize_email(other)


@pytest.mark.parametrize(
    "email",
    [
        f"user@{'a' * 64}.example",
        f"user@{'ü' * 60}.example",
        "user@-.example",
        "user@a_b.example",
        "user@☃️x.example",
        "jo\u0308rg@example.com",
    ],
)
def test_address_that_nothing_can_be_sent_to(email: str) -> None:
    """A sign-up code to a label of 64 characters was accepted, and its delivery died with a `UnicodeError`."""
    assert not is_valid_email(email)


def test_address_whose_domain_outgrows_the_column_in_dns() -> None:
    """A domain grows when it is encoded: the compared form must fit into its column too."""
    email = "u" * 90 + "@" + ".".join(["ü" * 8] * 4)
    assert len(email) <= 128 < len(normalize_email(email))
    assert not is_valid_email(email)


@pytest.mark.parametrize(
    ("email", "parts"),
    [
        ("alice@x.io", ("alice", "x.io")),
        ("a@b@x.io", ("a@b", "x.io")),
        ("alice", ("alice", "")),
        ("alice@", ("alice", "")),
    ],
)
def test_parts(email: str, parts: tuple[str, str]) -> None:
    assert split_email(email) == parts


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("alice@Example.COM", "example.com"),
        ("alice@example.com.", "example.com"),
        ("alice@ｅxample.com", "example.com"),
        ("alice@example。com", "example.com"),
        ("alice@bücher.example", "xn--bcher-kva.example"),
        # IDNA 2008: a domain of its own, not strasse.de.
        ("alice@straße.de", "xn--strae-oqa.de"),
        ("alice", ""),
    ],
)
def test_domain_is_what_dns_sees(email: str, domain: str) -> None:
    assert email_domain(email) == domain


@given(st.text(max_size=140))
def test_any_text_has_an_answer(email: str) -> None:
    is_valid_email(email)
    email_domain(email)


def test_hostile_repetition_does_not_hold_up_the_check() -> None:
    started = time.process_time()
    is_valid_email("@" * 100_000)
    is_valid_email("a@" + "a." * 62 + "@")
    assert time.process_time() - started < 1
