"""Hashing new passwords and checking stored ones."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from common.errors import AppError
from identity.passwords import EncryptionMethod, hash_password, hashing, needs_rehash, verify_password


def argon2id_of(password: str | bytes, **parameters: int) -> str:
    hasher = hashing._hasher_with(**parameters)
    return hasher.hash(password)


def test_new_password_is_argon2id_and_verifies() -> None:
    stored = hash_password("correct horse")
    assert stored.method == "Argon2id"
    assert stored.encrypted.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert verify_password("correct horse", stored.encrypted, stored.method)
    assert not verify_password("Correct horse", stored.encrypted, stored.method)


def test_default_parameters_are_the_published_ones(settings: Settings) -> None:
    """Of OWASP's equivalent parameters those of the least memory, which cost the least time here."""
    del settings.PASSWORD_ARGON2_TIME_COST
    del settings.PASSWORD_ARGON2_MEMORY_COST
    del settings.PASSWORD_ARGON2_PARALLELISM
    parameters = extract_parameters(hash_password("alice").encrypted)
    assert (parameters.type, parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (
        Type.ID,
        5,
        7_168,
        1,
    )


def test_same_password_never_hashes_alike() -> None:
    assert hash_password("alice").encrypted != hash_password("alice").encrypted


@given(st.text(st.characters(), min_size=1, max_size=80))
@hypothesis_settings(max_examples=60, deadline=None)
def test_any_text_is_a_password(password: str) -> None:
    stored = argon2id_of(hashing._as_bytes(password), time_cost=1, memory_cost=8, parallelism=1)
    assert verify_password(password, stored, "Argon2id")
    assert not verify_password(password + "x", stored, "Argon2id")


def test_lone_surrogate_is_a_password_of_its_own() -> None:
    stored = hash_password("bob\ud800")
    assert verify_password("bob\ud800", stored.encrypted, stored.method)
    assert not verify_password("bob?", stored.encrypted, stored.method)
    assert not verify_password("bob\ufffd", stored.encrypted, stored.method)


@pytest.mark.parametrize("password", ["a" * 1025, "\u00e9" * 1025, "e\u0301" * 1025, "\u0301" * 100_000])
def test_over_long_password_is_never_hashed(password: str) -> None:
    """The limit counts what people count, however their keyboard composes it, and holds before anything is hashed."""
    with pytest.raises(AppError) as caught:
        hash_password(password)
    assert caught.value.code == "password.rejected"
    assert caught.value.status == 422
    assert caught.value.data == [{"code": "password_rejected.too_long", "interpolation": {"max": 1024}}]
    digest = hashlib.sha256(password.encode()).hexdigest()
    assert not verify_password(password, digest, "SHA256")


@pytest.mark.parametrize("character", ["a", "\u00e9", "e\u0301", "\U0001f511"])
def test_password_of_exactly_the_cap_is_hashed(character: str) -> None:
    stored = hash_password(character * 1024)
    assert verify_password(character * 1024, stored.encrypted, stored.method)


SPELLINGS = [
    ("p\u00e4ssw\u00f6rt", "pa\u0308sswo\u0308rt"),
    ("\u1e69", "s\u0307\u0323"),
    ("correct horse", "correct\u00a0horse"),
    ("correct horse", "correct\u3000horse"),
    ("\uac00\ub098\ub2e4", "\u1100\u1161\u1102\u1161\u1103\u1161"),
]


@pytest.mark.parametrize(("composed", "other"), SPELLINGS)
def test_a_password_is_the_same_on_every_keyboard(composed: str, other: str) -> None:
    for chosen, typed in ((composed, other), (other, composed)):
        stored = hash_password(chosen)
        assert verify_password(typed, stored.encrypted, stored.method)


@pytest.mark.parametrize(("password", "other"), [("Pass", "pass"), ("\ufb01sh", "fish"), ("\uff41", "a"), (" a", "a")])
def test_only_the_form_is_normalized(password: str, other: str) -> None:
    """RFC 8265 section 4.2.2: neither case nor compatibility characters are mapped."""
    stored = hash_password(password)
    assert not verify_password(other, stored.encrypted, stored.method)


@pytest.mark.parametrize("method", ["SHA256", "Argon2id"])
def test_an_imported_hash_of_the_form_that_was_typed(method: str) -> None:
    typed = "pa\u0308ss"
    stored = (
        hashlib.sha256(typed.encode()).hexdigest()
        if method == "SHA256"
        else argon2id_of(typed.encode(), time_cost=1, memory_cost=8, parallelism=1)
    )
    assert verify_password(typed, stored, method)
    assert not verify_password("p\u00e4st", stored, method)


@pytest.mark.parametrize(
    ("encrypted", "method"),
    [
        ("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "Bcrypt"),
        (hashlib.md5(b"alice").hexdigest(), "MD5"),
        (argon2id_of("alice", time_cost=1, memory_cost=128, parallelism=1), "Argon2id"),
        (argon2id_of("alice", time_cost=2, memory_cost=64, parallelism=1), "Argon2id"),
        ("garbage", "Argon2id"),
        ("garbage", "Whatever"),
    ],
    ids=["bcrypt", "md5", "more memory", "more time", "garbage", "unknown method"],
)
def test_other_methods_and_other_parameters_need_a_rehash(encrypted: str, method: str) -> None:
    assert needs_rehash(encrypted, method)


def test_current_hash_needs_no_rehash() -> None:
    stored = hash_password("alice")
    assert not needs_rehash(stored.encrypted, stored.method)


@pytest.fixture
def decoys(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    monkeypatch.setattr(hashing, "run_decoy", lambda _password: calls.append(1))
    return calls


@pytest.mark.parametrize("method", ["MD5", "SHA1", "SHA256"])
def test_failing_fast_digest_spends_a_decoy(method: str, decoys: list[int]) -> None:
    digest = hashlib.new(method.lower(), b"alice").hexdigest()
    assert verify_password("alice", digest, method)
    assert decoys == []
    assert not verify_password("mallory", digest, method)
    assert decoys == [1]


def test_failing_legacy_digest_spends_a_decoy(decoys: list[int]) -> None:
    digest = f'["md5", ["@"], "{hashlib.md5(b"alice").hexdigest()}"]'
    assert verify_password("alice", digest, "Legacy")
    assert decoys == []
    assert not verify_password("mallory", digest, "Legacy")
    assert decoys == [1]


@pytest.mark.parametrize("method", [*EncryptionMethod, "ROT13"])
def test_unreadable_digest_never_matches_and_spends_a_decoy(method: str, decoys: list[int]) -> None:
    assert not verify_password("alice", "unreadable", method)
    assert decoys == [1]


def test_failing_argon2_needs_no_decoy(decoys: list[int]) -> None:
    stored = hash_password("alice")
    assert not verify_password("mallory", stored.encrypted, stored.method)
    assert decoys == []


def test_decoy_spends_the_configured_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    spent: dict[str, int] = {}
    monkeypatch.setattr(hashing, "hash_secret_raw", lambda *args, **kwargs: spent.update(kwargs))
    hashing.run_decoy("guess")
    assert (spent["time_cost"], spent["memory_cost"], spent["parallelism"]) == (1, 64, 1)


def test_concurrent_hashes_are_bounded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PASSWORD_HASH_CONCURRENCY = 2
    active = peak = 0
    lock = threading.Lock()
    both_inside = threading.Barrier(2, timeout=10)
    turn = hashing._hashing_slot

    @contextmanager
    def watched() -> Iterator[None]:
        nonlocal active, peak
        with turn():
            with lock:
                active += 1
                peak = max(peak, active)
            # Pairs meet inside: the bound is reached, and a third at the same time would show in the peak.
            both_inside.wait()
            yield
            with lock:
                active -= 1

    monkeypatch.setattr(hashing, "_hashing_slot", watched)
    threads = [threading.Thread(target=hash_password, args=("alice",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert (active, peak) == (0, 2)


@given(st.text(max_size=200), st.sampled_from(list(EncryptionMethod)))
@hypothesis_settings(max_examples=150, deadline=None)
def test_stored_garbage_never_raises(encrypted: str, method: EncryptionMethod) -> None:
    assert verify_password("alice", encrypted, method) is False
