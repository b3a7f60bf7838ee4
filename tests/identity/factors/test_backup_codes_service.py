"""Backup codes: each is good once, and nobody reads them again."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from common.actors import Actor
from identity.factors.backup_codes.codes import hash_codes, new_codes
from identity.factors.backup_codes.service import bind_backup_codes, remaining_codes, use_backup_code
from identity.models import Factor, User
from identity.services.factors import is_usable
from identity.services.sentinel import SentinelAction, SentinelPolicy, guard
from tests.racing import outcome, race_outcomes

WRONG = "session.mfa.invalid_backup_code"


def bind(user: User, codes: list[str], **options: Any) -> Factor:
    return bind_backup_codes(user, hashes=hash_codes(user.id, codes), actor=Actor.user(user.id), **options)


@pytest.mark.django_db
def test_every_code_of_a_set_is_good_once(alice: User) -> None:
    codes = new_codes()
    bind(alice, codes)
    for used, code in enumerate(codes, start=1):
        factor = use_backup_code(alice, code=code.upper())
        assert remaining_codes(factor) == 10 - used
        assert factor.last_used_at is not None
        assert outcome(partial(use_backup_code, alice, code=code)) == WRONG
    assert not is_usable(Factor.objects.get())


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "x", "0" * 10, "\x00" * 10, "\ud800", "f" * 100_000])
def test_an_odd_code_is_a_wrong_code(alice: User, code: str) -> None:
    bind(alice, [f"{number:010x}" for number in range(1, 11)])
    assert outcome(lambda: use_backup_code(alice, code=code)) == WRONG


@pytest.mark.django_db
def test_codes_are_of_one_user(alice: User, bob: User) -> None:
    codes = new_codes()
    bind(alice, codes)
    assert outcome(lambda: use_backup_code(bob, code=codes[0])) == WRONG
    bind(bob, new_codes())
    assert outcome(lambda: use_backup_code(bob, code=codes[0])) == WRONG


@pytest.mark.django_db
def test_the_codes_themselves_are_not_stored(alice: User) -> None:
    codes = new_codes()
    bind(alice, codes)
    stored = str(Factor.objects.values().get())
    assert not any(code in stored for code in codes)


@pytest.mark.django_db
def test_unused_codes_are_in_the_way_unless_replaced(alice: User, mails: list[dict[str, Any]]) -> None:
    first, second = new_codes(), new_codes()
    old = bind(alice, first)
    use_backup_code(alice, code=first[0])
    assert outcome(lambda: bind(alice, second)) == "user.backup_code_already_in_use"
    assert bind(alice, second, replace=True).id != old.id
    assert outcome(lambda: use_backup_code(alice, code=first[1])) == WRONG
    assert [mail["payload"]["changes"][0]["change"] for mail in mails] == ["Added", "Replaced"]


@pytest.mark.django_db
def test_a_used_up_set_counts_as_none(alice: User) -> None:
    codes = new_codes()
    bind(alice, codes)
    for code in codes:
        use_backup_code(alice, code=code)
    assert remaining_codes(bind(alice, new_codes())) == 10


@pytest.mark.django_db(transaction=True)
def test_of_50_submissions_of_one_code_one_succeeds(alice: User) -> None:
    codes = new_codes()
    bind(alice, codes)
    outcomes = Counter(race_outcomes([partial(use_backup_code, alice, code=codes[3])] * 50))
    assert outcomes == {"ok": 1, WRONG: 49}
    assert remaining_codes(Factor.objects.get()) == 9


@pytest.mark.django_db(transaction=True)
def test_different_codes_at_the_same_time_are_all_used(alice: User) -> None:
    """None is written over by another: the set is changed in the database, not in a copy of it."""
    codes = new_codes()
    bind(alice, codes)
    assert set(race_outcomes([partial(use_backup_code, alice, code=code) for code in codes])) == {"ok"}
    assert remaining_codes(Factor.objects.get()) == 0


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_are_counted(alice: User) -> None:
    policy = SentinelPolicy.from_settings({"maxAttempts": 5})
    bind(alice, new_codes())

    def attempt(code: str) -> None:
        with guard(SentinelAction.MFA_BACKUP_CODE, alice.id, policy, user=alice):
            use_backup_code(alice, code=code)

    outcomes = Counter(race_outcomes([partial(attempt, f"{number:010x}") for number in range(50)]))
    assert outcomes == {WRONG: 4, "session.verification_blocked_too_many_attempts": 46}


@pytest.mark.django_db(transaction=True)
def test_of_50_sets_at_the_same_time_one_stays(alice: User) -> None:
    sets = [new_codes() for _ in range(50)]
    outcomes = Counter(race_outcomes([partial(bind, alice, codes) for codes in sets]))
    assert outcomes == {"ok": 1, "user.backup_code_already_in_use": 49}
    assert set(race_outcomes([partial(bind, alice, codes, replace=True) for codes in sets])) == {"ok"}
    assert Factor.objects.count() == 1
