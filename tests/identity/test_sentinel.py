"""Guessing locks the subject out, whatever it guesses next."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import translation

from common.actors import SYSTEM
from common.errors import AppError
from events.history import Event
from identity.models import SentinelActivity
from identity.services import sentinel
from identity.services.sentinel import SentinelAction, SentinelPolicy, guard, unlock
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.racing import outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

START = datetime(2030, 1, 1, tzinfo=UTC)
POLICY = SentinelPolicy(max_attempts=3, lockout_minutes=10)
BLOCKED = "session.verification_blocked_too_many_attempts"
WRONG = "session.invalid_credentials"
EMAIL = "alice@example.com"


def attempt(
    *,
    right: bool = False,
    target: str = EMAIL,
    action: SentinelAction = SentinelAction.PASSWORD,
    error: str = WRONG,
) -> str:
    def call() -> None:
        with guard(action, target, POLICY, kind="email"):
            if not right:
                raise AppError(error)

    return outcome(call)


def test_the_last_failure_allowed_locks_out_even_the_right_answer(recorded: list[Event]) -> None:
    with time_machine.travel(START, tick=False):
        assert [attempt() for _ in range(4)] == [WRONG, WRONG, BLOCKED, BLOCKED]
        assert attempt(right=True) == BLOCKED
    told = [(event.name, event.details["type"], event.data["value"]) for event in recorded]
    assert told == [("Identifier.Lockout", "email", EMAIL)]
    rows = SentinelActivity.objects.order_by("created_at", "id")
    assert sorted((row.result, row.decision) for row in rows) == [
        ("Failed", "Allowed"),
        ("Failed", "Allowed"),
        ("Failed", "Blocked"),
        ("Failed", "Blocked"),
        ("Success", "Blocked"),
    ]
    assert {row.decision_expires_at for row in rows if row.decision == "Blocked"} == {START + timedelta(minutes=10)}


def test_a_lockout_ends_and_is_not_prolonged_by_trying() -> None:
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(3):
            attempt()
        clock.shift(timedelta(minutes=9))
        assert attempt(right=True) == BLOCKED
        clock.shift(timedelta(minutes=1))
        assert attempt(right=True) == "ok"
        assert attempt() == BLOCKED
        clock.shift(timedelta(hours=1))
        assert attempt() == WRONG


def test_a_success_does_not_reset_the_count() -> None:
    assert [attempt(), attempt(), attempt(right=True), attempt()] == [WRONG, WRONG, "ok", BLOCKED]


def test_first_factors_share_a_counter_and_second_factors_have_their_own() -> None:
    assert attempt(action=SentinelAction.PASSWORD) == WRONG
    assert attempt(action=SentinelAction.VERIFICATION_CODE) == WRONG
    assert attempt(action=SentinelAction.ONE_TIME_TOKEN) == BLOCKED
    for action in (SentinelAction.MFA_TOTP, SentinelAction.WEBAUTHN, SentinelAction.MFA_BACKUP_CODE):
        assert [attempt(action=action), attempt(action=action), attempt(action=action)] == [WRONG, WRONG, BLOCKED]


def test_spelling_gives_no_new_tries() -> None:
    assert [attempt(), attempt(target="ALICE@Example.com"), attempt(target=" alice@example.com ")][-1] == BLOCKED
    phones = ("12025550101", "+12025550101", "1 (202) 555-0101")
    assert [attempt(target=phone) for phone in phones][-1] == BLOCKED


def test_subjects_and_tenants_are_counted_apart() -> None:
    for _ in range(3):
        attempt()
    assert attempt(target="bob@example.com") == WRONG
    with enter_tenant("acme"):
        assert attempt() == WRONG


def test_a_failure_of_our_own_is_not_counted() -> None:
    assert attempt(error="request.internal_error") == "request.internal_error"

    def crash() -> None:
        with guard(SentinelAction.PASSWORD, EMAIL, POLICY):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert SentinelActivity.objects.count() == 0


def test_unlocking_forgets_the_attempts() -> None:
    for _ in range(3):
        attempt()
    unlock(["bob@example.com"], actor=SYSTEM)
    assert attempt(right=True) == BLOCKED
    unlock(["Alice@example.com"], actor=SYSTEM)
    assert attempt(right=True) == "ok"


def test_the_message_says_when_in_the_readers_language() -> None:
    with time_machine.travel(START, tick=False):
        attempt()
        attempt()
        with pytest.raises(AppError) as failure, guard(SentinelAction.PASSWORD, EMAIL, POLICY):
            raise AppError(WRONG)
        assert failure.value.status == 400
        with translation.override("en"):
            assert failure.value.message == "Too many attempts. Try again in 10 minutes."


@pytest.mark.parametrize(
    ("minutes", "language", "words"),
    [
        (1, "en", "in 1 minute"),
        (119, "en", "in 119 minutes"),
        (120, "en", "in 2 hours"),
        (121, "en", "in 3 hours"),
        (2879, "en", "in 48 hours"),
        (2880, "en", "in 2 days"),
        (10_081, "en", "in 8 days"),
        (7 * 1440, "de", "in 7 Tagen"),
        (5 * 60, "pl", "za 5 godzin"),
        (2 * 60, "ar", "بعد ساعتين"),
        (3 * 1440, "ru", "через 3 дня"),
        (30 * 1440, "ko", "30일 후"),
    ],
)
def test_a_long_lockout_is_told_in_hours_or_days(minutes: int, language: str, words: str) -> None:
    """A lockout of a week was told as 10,080 minutes, and nobody retries too early: it is rounded up."""
    moment = START + timedelta(minutes=minutes)
    with time_machine.travel(START, tick=False), translation.override(language):
        assert str(sentinel._relative_time(moment)) == words


@pytest.mark.parametrize("target", ["", "\x00", "\ud800", "x" * 10_000])
def test_odd_targets_are_counted_like_any_other(target: str) -> None:
    assert [attempt(target=target) for _ in range(3)] == [WRONG, WRONG, BLOCKED]


def test_settings_override_defaults() -> None:
    assert SentinelPolicy.from_settings({}) == SentinelPolicy(max_attempts=100, lockout_minutes=60)
    assert SentinelPolicy.from_settings(None) == SentinelPolicy.from_settings({})
    assert SentinelPolicy.from_settings({"maxAttempts": 3, "lockoutDuration": 10}) == POLICY


@pytest.mark.django_db(transaction=True)
def test_an_attempt_refuses_to_be_part_of_a_transaction(tenant: Tenant) -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), guard(SentinelAction.PASSWORD, EMAIL, POLICY):
        raise AppError(WRONG)
