"""Trusted devices: what stands in for a second factor, for how long, and what ends it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from common.actors import SYSTEM, Actor
from common.clock import now
from common.crypto import sha256_hex
from events.history import Event
from events.models import AuditLog
from identity.factor_types import FactorType
from identity.models import Factor, TrustedDevice, User
from identity.selectors import list_trusted_devices
from identity.services.factors import remove_factor
from identity.services.trusted_devices import (
    MOST_DEVICES,
    create_trusted_device,
    delete_trusted_device,
    delete_trusted_devices,
    find_trusted_device,
    use_trusted_device,
)
from identity.services.users import create_user, delete_user, set_password, set_user_suspended, update_user
from identity.tasks import clean_up_attempts
from tests.racing import outcome, race

pytestmark = pytest.mark.django_db


def trust(user: User, **values: Any) -> str:
    return create_trusted_device(user, days=30, agent="Firefox", **values).token


def test_a_token_is_known_to_its_user_alone(alice: User, bob: User) -> None:
    made = create_trusted_device(alice, days=30, agent="Firefox", country="GB", city="York")
    device_id, secret = made.token.split(".")
    assert (device_id, len(secret)) == (made.device.id, 43)
    found = find_trusted_device(alice, made.token)
    assert found == made.device
    assert (made.device.user_agent, made.device.country, made.device.city) == ("Firefox", "GB", "York")
    assert find_trusted_device(bob, made.token) is None


def test_what_is_no_token_finds_nothing(alice: User, django_assert_num_queries: Any) -> None:
    token = trust(alice)
    device_id, secret = token.split(".")
    for wrong in (f"{device_id}.{secret[:-1]}", f"{device_id}.", device_id, f".{secret}", token.upper(), f"{token}."):
        assert find_trusted_device(alice, wrong) is None
    with django_assert_num_queries(0):
        for other in ("", None, "x" * 10_000, f"{device_id}.\x00", f"{device_id}.\ud800"):
            assert find_trusted_device(alice, other) is None


def test_only_the_digest_is_stored(alice: User) -> None:
    secret = trust(alice).partition(".")[2]
    row = TrustedDevice.objects.values().get()
    assert row["secret_sha256"] == sha256_hex(secret)
    assert not any(secret in str(content) for content in [*row.values(), *AuditLog.objects.values_list("payload")])


def test_it_ends_by_its_time_and_the_clean_up_takes_it(alice: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        token = trust(alice)
        clock.shift(timedelta(days=30, seconds=-1))
        assert find_trusted_device(alice, token)
        clean_up_attempts()
        assert TrustedDevice.objects.count() == 1
        clock.shift(timedelta(seconds=1))
        assert find_trusted_device(alice, token) is None
        assert list(list_trusted_devices(alice)) == []
        clock.shift(timedelta(seconds=1))
        clean_up_attempts()
        assert TrustedDevice.objects.count() == 0


def test_a_shorter_time_counts_at_once(alice: User) -> None:
    """What was trusted for thirty days does not outlive a policy of three."""
    with time_machine.travel(now(), tick=False) as clock:
        token = trust(alice)
        clock.shift(timedelta(days=3))
        assert find_trusted_device(alice, token, days=4)
        assert find_trusted_device(alice, token, days=3) is None
        assert use_trusted_device(alice, token, days=3) is None


def test_each_use_is_recorded(alice: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        token = trust(alice)
        clock.shift(60)
        device = use_trusted_device(alice, token)
        assert device is not None
        device.refresh_from_db()
        assert device.last_used_at == now()
    entry = AuditLog.objects.get(key="TrustedDevice.Used")
    assert (entry.user_id, entry.payload["subject"]["id"]) == (alice.id, device.id)
    assert use_trusted_device(alice, "unknown") is None


def test_others_are_told_of_a_device_that_comes_and_goes(alice: User, recorded: list[Event]) -> None:
    device = create_trusted_device(alice, days=1, agent="").device
    delete_trusted_device(alice, device_id=device.id, actor=SYSTEM)
    heard = [event for event in recorded if event.name.startswith("TrustedDevice.")]
    assert [event.name for event in heard] == ["TrustedDevice.Created", "TrustedDevice.Deleted"]
    for event in heard:
        told = event.data["trustedDevice"]
        assert (told["id"], told["userAgent"], "secretSha256" in told) == (device.id, None, False)
    assert heard[0].actor == Actor.user(alice.id)


def test_a_browser_has_one_trust_for_a_user(alice: User) -> None:
    """Trusted again, it gets another token, and the one of before is worth nothing."""
    first = trust(alice)
    second = trust(alice, replacing=first)
    assert find_trusted_device(alice, first) is None
    assert find_trusted_device(alice, second)


def test_a_user_has_no_more_than_so_many(alice: User, bob: User) -> None:
    """The one that was used longest ago makes room."""
    others = trust(bob)
    with time_machine.travel(now(), tick=False) as clock:
        tokens = []
        for _ in range(MOST_DEVICES):
            tokens.append(trust(alice))
            clock.shift(1)
        use_trusted_device(alice, tokens[0])
        clock.shift(1)
        tokens.append(trust(alice))
        assert list_trusted_devices(alice).count() == MOST_DEVICES
        assert [token for token in tokens if not find_trusted_device(alice, token)] == [tokens[1]]
    assert find_trusted_device(bob, others)
    assert AuditLog.objects.get(key="TrustedDevice.Deleted").payload["reason"] == "limit"


class TestWhatEndsTrust:
    def test_somebody_takes_it_back(self, alice: User, bob: User) -> None:
        made, other = create_trusted_device(alice, days=1, agent="A"), trust(alice)
        assert outcome(lambda: delete_trusted_device(bob, device_id=made.device.id, actor=SYSTEM)) == "entity.not_found"
        delete_trusted_device(alice, device_id=made.device.id, actor=SYSTEM)
        assert find_trusted_device(alice, made.token) is None
        assert find_trusted_device(alice, other)
        for unknown in (made.device.id, "\x00", ""):
            remove = partial(delete_trusted_device, alice, device_id=unknown, actor=SYSTEM)
            assert outcome(remove) == "entity.not_found"

    def test_in_all_of_them(self, alice: User, bob: User) -> None:
        trust(alice), trust(alice), trust(bob)
        delete_trusted_devices(alice, actor=SYSTEM)
        assert TrustedDevice.objects.get().user == bob
        assert AuditLog.objects.filter(key="TrustedDevice.Deleted").count() == 2

    def test_a_password_that_is_replaced(self, alice: User) -> None:
        trust(alice)
        set_password(alice, password="lantern gravel 73", actor=SYSTEM)
        assert TrustedDevice.objects.count() == 0
        assert AuditLog.objects.get(key="TrustedDevice.Deleted").payload["reason"] == "password"

    def test_not_a_first_password(self, tenant: object) -> None:
        dora = create_user(username="dora", actor=SYSTEM)
        trust(dora)
        set_password(dora, password="lantern gravel 73", actor=SYSTEM)
        assert TrustedDevice.objects.count() == 1

    def test_a_factor_that_is_removed(self, alice: User) -> None:
        trust(alice)
        factor = Factor.objects.create(user=alice, type=FactorType.TOTP)
        remove_factor(alice, factor_id=factor.id, actor=SYSTEM)
        assert TrustedDevice.objects.count() == 0
        assert AuditLog.objects.get(key="TrustedDevice.Deleted").payload["reason"] == "factor"

    def test_a_suspension(self, alice: User) -> None:
        trust(alice)
        set_user_suspended(alice, suspended=True, actor=SYSTEM)
        set_user_suspended(alice, suspended=False, actor=SYSTEM)
        assert TrustedDevice.objects.count() == 0

    def test_not_a_name(self, alice: User) -> None:
        token = trust(alice)
        update_user(alice, name="Alicia", actor=SYSTEM)
        assert find_trusted_device(alice, token)

    def test_the_end_of_the_account(self, alice: User) -> None:
        trust(alice)
        delete_user(alice, actor=SYSTEM)
        assert TrustedDevice.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_trust_that_is_taken_back_meanwhile_does_not_stand_in(alice: User) -> None:
    """Of a use and a removal at once, a use that comes second finds nothing, and leaves no entry."""
    token = trust(alice)
    used = race([lambda: bool(use_trusted_device(alice, token)), lambda: delete_trusted_devices(alice, actor=SYSTEM)])
    assert TrustedDevice.objects.count() == 0
    assert AuditLog.objects.filter(key="TrustedDevice.Used").count() == (True in used)
