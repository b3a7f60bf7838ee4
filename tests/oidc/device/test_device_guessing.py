"""Whoever tries codes at random is locked out: by browser, and by address for those who throw their cookies away."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from common.clock import now
from events import history
from identity.models import SentinelActivity, User
from oidc.models import DeviceGrant
from tests.oidc.device.devices import Device, Person, place_of

pytestmark = pytest.mark.django_db

WRONG = "BCDF-GHJK"


def is_blocked(answer: Any) -> bool:
    return answer.status_code == 200 and "Too many attempts" in answer.content.decode()


@pytest.mark.parametrize("by", ["enter", "open"])
def test_a_browser_has_ten_tries(tv: Device, person: Person, by: str) -> None:
    found = [is_blocked(getattr(person, by)(WRONG)) for _ in range(11)]
    assert found == [False] * 9 + [True] * 2
    assert is_blocked(person.enter(tv.user_code))
    assert is_blocked(person.open(tv.user_code))
    assert not is_blocked(Person().enter(tv.user_code)), "another browser of the household"
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert place_of(person.enter(tv.start().user_code))[0] == "/sign-in"


def test_what_cannot_be_a_code_counts_too(tv: Device, person: Person) -> None:
    for typed in ("AEIO-UAEI", "B", "x" * 1000, "\x00", "🦊" * 8, "ÄÖÜ", "0000-0000", "-", "BCDF-GHJKL"):
        assert place_of(person.enter(typed))[1]["error"] == "NotFoundError"
    assert is_blocked(person.enter(WRONG))


def test_an_empty_code_is_no_try(tv: Device, person: Person) -> None:
    for _ in range(12):
        assert place_of(person.enter(" "))[1]["error"] == "NoCodeError"
    assert not SentinelActivity.objects.exists()


def test_throwing_cookies_away_does_not_help_for_long(tv: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[Any] = []
    monkeypatch.setitem(history._handlers, "Identifier.Lockout", [published.append])
    blocked = [is_blocked(Person().enter(WRONG)) for _ in range(101)]
    assert blocked == [False] * 99 + [True] * 2
    assert is_blocked(Person().enter(tv.user_code))
    elsewhere = Person()
    elsewhere.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    assert not is_blocked(elsewhere.enter(tv.user_code))
    assert published == [], "an address is no identifier of anybody"


def test_a_network_of_ipv6_counts_as_one_address(tv: Device) -> None:
    def enter(address: str) -> bool:
        person = Person()
        person.client.defaults["REMOTE_ADDR"] = address
        return is_blocked(person.enter(WRONG))

    found = [enter(f"2001:db8::{number:x}") for number in range(100)]
    assert found[-1]
    assert not found[-2]
    assert not enter("2001:db8:0:1::1")


def test_lockouts_are_kept_apart_by_tenant(tv: Device, person: Person, mallory: User) -> None:
    there = Person("acme")
    for _ in range(10):
        there.enter(WRONG)
    assert is_blocked(there.enter(WRONG))
    person.client.cookies = there.client.cookies
    assert not is_blocked(person.enter(tv.user_code)), "a cookie of another tenant names nobody here"


def test_a_forged_name_is_not_taken(tv: Device, person: Person) -> None:
    for _ in range(10):
        person.enter(WRONG)
    person.client.cookies["_device"] = "somebody-else"
    person.enter(WRONG)
    assert DeviceGrant.objects.get().status == DeviceGrant.AUTHORIZATION_PENDING
    name = person.client.cookies["_device"]
    assert name.value != "somebody-else"
    assert name["httponly"]
    assert name["samesite"] == "Lax"
    assert name["path"] == "/"
