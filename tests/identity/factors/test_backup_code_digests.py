"""Backup codes: their form, and digests that say nothing without a key of the installation."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from identity.factors.backup_codes.codes import assert_format, candidate_hashes, hash_codes, new_codes
from tests.racing import outcome

CODES = [f"{number:010x}" for number in range(10)]
OLD, NEW = (base64.b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))


def test_a_new_set_has_ten_codes_of_ten_digits() -> None:
    assert_format(new_codes())
    assert set(new_codes()).isdisjoint(new_codes())


@pytest.mark.parametrize(
    "codes",
    [[], CODES[:9], [*CODES, "f" * 10], [*CODES[:9], CODES[0]], [*CODES[:9], "F" * 10], [*CODES[:9], "f" * 11]],
)
def test_anything_else_is_refused(codes: list[str]) -> None:
    assert outcome(lambda: assert_format(codes)) == "user.wrong_backup_code_format"
    assert outcome(lambda: hash_codes("alice", codes)) == "user.wrong_backup_code_format"


def test_a_digest_is_of_one_user_and_of_no_plain_hash() -> None:
    (alices, *_), (bobs, *_) = hash_codes("alice", CODES), hash_codes("bob", CODES)
    assert alices != bobs
    assert alices not in {hashlib.sha256(CODES[0].encode()).hexdigest(), hmac.new(b"", b"", "sha256").hexdigest()}


@pytest.mark.parametrize("typed", ["00000 00001", " 0000000001\n"])
def test_a_code_is_typed_from_paper(typed: str) -> None:
    assert candidate_hashes("alice", typed) == candidate_hashes("alice", CODES[1])
    assert candidate_hashes("alice", "ABCDEF0123") == candidate_hashes("alice", "abcdef0123")


def test_codes_outlive_a_new_encryption_key(settings: Settings) -> None:
    """A set that was printed before a key was added is found under the old one; new sets use the new one."""
    settings.ENCRYPTION_KEYS = [OLD]
    (stored, *_) = hash_codes("alice", CODES)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert candidate_hashes("alice", CODES[0])[1] == stored
    assert hash_codes("alice", CODES)[0] != stored


@given(st.text(max_size=100))
def test_no_text_breaks_the_search(text: str) -> None:
    assert all(len(digest) == 64 for digest in candidate_hashes("alice", text))
