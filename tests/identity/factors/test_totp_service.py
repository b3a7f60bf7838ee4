"""An authenticator app: set up, used, replaced; its codes are good once, whoever submits them at the same time."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from django_otp.oath import TOTP

from common.actors import Actor
from events.history import Event
from events.models import AuditLog
from identity.factor_types import FactorType
from identity.factors.totp.codes import new_secret, read_secret
from identity.factors.totp.service import account_name, bind_totp, verify_totp
from identity.models import Factor, User
from identity.services.sentinel import SentinelAction, SentinelPolicy, guard
from identity.services.users import delete_user
from tenants.context import enter_tenant
from tests.racing import outcome, race_outcomes

WRONG = "session.mfa.invalid_totp_code"
START = datetime(2030, 1, 1, tzinfo=UTC)
SECRET = new_secret()


def code_at(moment: datetime, secret: str = SECRET) -> str:
    clock = TOTP(read_secret(secret))
    clock.time = moment.timestamp()
    return str(clock.token()).zfill(6)


def bind(user: User, **options: Any) -> Factor:
    return bind_totp(user, actor=Actor.user(user.id), **{"secret": SECRET, **options})


@pytest.mark.django_db
def test_a_code_is_good_once_and_so_is_every_older_one(alice: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        bind(alice)
        before, current = code_at(START - timedelta(seconds=30)), code_at(START)
        factor = verify_totp(alice, code=current)
        assert (factor.last_used_at, factor.counter) == (START, int(START.timestamp()) // 30)
        assert [outcome(partial(verify_totp, alice, code=code)) for code in (current, before)] == [WRONG] * 2
        clock.shift(30)
        assert outcome(lambda: verify_totp(alice, code=code_at(START + timedelta(seconds=30)))) == "ok"


@pytest.mark.django_db
def test_the_code_that_proved_an_app_is_spent(alice: User) -> None:
    """A code that was looked at while somebody set the app up does not sign in."""
    with time_machine.travel(START, tick=False):
        bind(alice, step=int(START.timestamp()) // 30)
        assert outcome(lambda: verify_totp(alice, code=code_at(START))) == WRONG


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "abc", "1" * 7, "\x00", "\ud800", "x" * 100_000])
def test_an_odd_code_is_a_wrong_code(alice: User, code: str) -> None:
    bind(alice)
    assert outcome(lambda: verify_totp(alice, code=code)) == WRONG


@pytest.mark.django_db
def test_without_an_app_every_code_is_wrong(alice: User, bob: User) -> None:
    bind(bob)
    assert outcome(lambda: verify_totp(alice, code=code_at(datetime.now(UTC)))) == WRONG


@pytest.mark.django_db
def test_a_user_has_one_app_which_can_be_replaced(alice: User) -> None:
    first = bind(alice)
    assert outcome(lambda: bind(alice)) == "user.totp_already_in_use"
    second = bind(alice, secret=new_secret(), replace=True)
    assert list(Factor.objects.values_list("id", flat=True)) == [second.id]
    assert first.id != second.id
    assert outcome(lambda: bind(alice, secret="short")) == "user.totp_secret_invalid"


@pytest.mark.django_db
def test_a_user_who_is_gone_gets_no_app(alice: User) -> None:
    ghost = User(id=alice.id)
    delete_user(alice, actor=Actor.user(alice.id))
    assert outcome(lambda: bind(ghost)) == "entity.not_found"


@pytest.mark.django_db
def test_the_secret_is_sealed_for_its_row(alice: User, bob: User) -> None:
    """A copy of alice's secret in bob's row does not open."""
    factor = bind(alice)
    assert SECRET.encode() not in bytes(factor.sealed_secret or b"")
    bind(bob, secret=new_secret())
    Factor.objects.filter(user=bob).update(sealed_secret=factor.sealed_secret)
    with pytest.raises(InvalidTag):
        verify_totp(bob, code="123456")


@pytest.mark.django_db
def test_another_tenant_has_no_such_factor(alice: User) -> None:
    with time_machine.travel(START, tick=False):
        bind(alice)
        with enter_tenant("acme"):
            assert outcome(lambda: verify_totp(alice, code=code_at(START))) == WRONG


@pytest.mark.django_db
def test_the_change_is_recorded_and_the_user_told(
    alice: User, recorded: list[Event], mails: list[dict[str, Any]]
) -> None:
    bind(alice)
    (event,) = recorded
    assert (event.name, event.subject and event.subject.id) == ("User.Data.Updated", alice.id)
    assert event.data["user"]["id"] == alice.id
    entry = AuditLog.objects.get(key="User.Factors.Updated")
    assert entry.payload["added"] == {"factors": ["Totp"]}
    assert SECRET not in str(entry.payload)
    (mail,) = mails
    assert (mail["recipient"], mail["template_type"]) == ("alice@example.com", "SecurityNotification")
    assert mail["payload"]["changes"] == [{"factor": "Totp", "change": "Added"}]
    bind(alice, replace=True)
    assert mails[1]["payload"]["changes"] == [{"factor": "Totp", "change": "Replaced"}]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"name": "Alice", "primary_email": "a@example.com"}, "Alice"),
        ({"primary_email": "a@example.com", "primary_phone": "1"}, "a@example.com"),
        ({"primary_phone": "1", "username": "alice"}, "1"),
        ({"username": "alice"}, "alice"),
        ({}, "Unnamed User"),
    ],
)
def test_the_app_calls_the_account_by_what_the_user_knows(values: dict[str, str], name: str) -> None:
    assert account_name(User(**values)) == name


@pytest.mark.django_db(transaction=True)
def test_of_50_submissions_of_one_code_one_succeeds(alice: User) -> None:
    with time_machine.travel(START, tick=False):
        bind(alice)
        code = code_at(START)
        outcomes = Counter(race_outcomes([partial(verify_totp, alice, code=code)] * 50))
    assert outcomes == {"ok": 1, WRONG: 49}


@pytest.mark.django_db(transaction=True)
def test_50_parallel_guesses_get_no_more_tries_than_the_policy_gives(alice: User) -> None:
    """Guesses are counted by the user and by this factor, across interactions; the right code is then refused, too."""
    policy = SentinelPolicy.from_settings({"maxAttempts": 5})

    def attempt(code: str) -> None:
        with guard(SentinelAction.MFA_TOTP, alice.id, policy, user=alice):
            verify_totp(alice, code=code)

    with time_machine.travel(START, tick=False):
        bind(alice)
        guesses = [partial(attempt, f"{number:06d}") for number in range(50) if f"{number:06d}" != code_at(START)]
        outcomes = Counter(race_outcomes(guesses))
        assert outcomes[WRONG] == 4
        blocked = "session.verification_blocked_too_many_attempts"
        assert outcomes[blocked] == len(guesses) - 4
        assert outcome(lambda: attempt(code_at(START))) == blocked


@pytest.mark.django_db(transaction=True)
def test_of_50_set_ups_one_succeeds_and_of_50_replacements_one_stays(alice: User) -> None:
    outcomes = Counter(race_outcomes([partial(bind, alice)] * 50))
    assert outcomes == {"ok": 1, "user.totp_already_in_use": 49}
    replacing = [partial(bind, alice, secret=new_secret(), replace=True) for _ in range(50)]
    assert set(race_outcomes(replacing)) == {"ok"}
    assert Factor.objects.filter(user=alice, type=FactorType.TOTP).count() == 1
