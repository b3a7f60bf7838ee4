"""What must be true when many requests arrive at once, on PostgreSQL."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import AppError
from events.history import Event
from identity.models import MessageSend, SentinelActivity, User, VerificationCode
from identity.services.codes import CodePolicy, send_verification_code, verify_code
from identity.services.send_limits import SendAction, counted_send
from identity.services.sentinel import SentinelAction, SentinelPolicy, guard
from identity.services.users import create_user, merge_user_data
from tenants.models import Tenant
from tests.racing import race_outcomes

pytestmark = pytest.mark.django_db(transaction=True)

KEY: dict[str, Any] = {
    "channel": "email",
    "recipient": "alice@example.com",
    "template_type": "SignIn",
    "verification_id": "record1",
}


def test_a_code_is_consumed_once(tenant: Tenant, outbox: list[dict[str, Any]]) -> None:
    send_verification_code(**KEY)
    code = outbox[0]["payload"]["code"]
    outcomes = Counter(race_outcomes([partial(verify_code, **KEY, code=code)] * 8))
    assert outcomes == {"ok": 1, "verification_code.not_found": 7}


def test_parallel_guesses_get_no_more_tries_than_the_policy_gives(tenant: Tenant, outbox: list[dict[str, Any]]) -> None:
    send_verification_code(**KEY)
    guess = partial(verify_code, **KEY, code="wrong", policy=CodePolicy.from_settings({"maxRetryAttempts": 3}))
    outcomes = Counter(race_outcomes([guess] * 10))
    assert outcomes == {"verification_code.code_mismatch": 3, "verification_code.exceed_max_try": 7}
    assert VerificationCode.objects.get().try_count == 3


def test_one_code_of_parallel_sends_is_left(tenant: Tenant, outbox: list[dict[str, Any]]) -> None:
    assert set(race_outcomes([partial(send_verification_code, **KEY)] * 6)) == {"ok"}
    assert VerificationCode.objects.count() == 1


def test_parallel_sends_stop_at_the_limit(tenant: Tenant) -> None:
    def send() -> None:
        with counted_send(SendAction.MESSAGE, channel="email", recipient="bob@example.com"):
            pass

    assert Counter(race_outcomes([send] * 16)) == {"ok": 10, "request.message_rate_limited": 6}
    assert MessageSend.objects.count() == 10


def test_parallel_failures_lock_out_at_the_limit(tenant: Tenant, recorded: list[Event]) -> None:
    policy = SentinelPolicy.from_settings({"maxAttempts": 5})

    def fail() -> None:
        with guard(SentinelAction.PASSWORD, "alice", policy):
            raise AppError("session.invalid_credentials")

    outcomes = Counter(race_outcomes([fail] * 12))
    assert outcomes == {"session.invalid_credentials": 4, "session.verification_blocked_too_many_attempts": 8}
    assert SentinelActivity.objects.filter(decision="Blocked").count() == 8
    assert [event.name for event in recorded] == ["Identifier.Lockout"]


def test_an_address_is_taken_once(tenant: Tenant) -> None:
    addresses = ["Bob@example.com", "bob@example.com"] * 3
    create = [partial(create_user, primary_email=address, actor=SYSTEM) for address in addresses]
    assert Counter(race_outcomes(create)) == {"ok": 1, "user.email_already_in_use": 5}


def test_parallel_merges_all_take_effect(alice: User) -> None:
    def merge(number: int) -> None:
        user = User.objects.get(id=alice.id)
        merge_user_data(user, custom_data={str(number): True}, actor=SYSTEM)

    assert set(race_outcomes([partial(merge, number) for number in range(6)])) == {"ok"}
    alice.refresh_from_db()
    assert len(alice.custom_data) == 6
