"""Trusted devices at sign-in: the tenant's policy, the organizations' word, and the cookie."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client, RequestFactory

from common.actors import SYSTEM
from common.clock import now
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from experience.services.trusted_devices import accept_device, is_trusted, may_trust_devices, trust_device
from experience.trusted_devices import DeviceCookie
from identity.models import TrustedDevice, User
from organizations.services.members import add_members
from organizations.services.organizations import create_organization, update_organization
from tests.racing import outcome

pytestmark = pytest.mark.django_db


class Firefox:
    """A browser that keeps what it is given."""

    def __init__(self, *, secure: bool = True) -> None:
        self.secure = secure
        self.cookies: dict[str, str] = {}
        self.last = HttpResponse()

    def device(self) -> DeviceCookie:
        request = RequestFactory().get("/", secure=self.secure)
        request.COOKIES = dict(self.cookies)
        return DeviceCookie(request)

    def keep(self, device: DeviceCookie) -> None:
        self.last = HttpResponse()
        device.write(self.last)
        self.cookies |= {name: morsel.value for name, morsel in self.last.cookies.items()}

    def trust(self, user: User) -> bool:
        device = self.device()
        trusted = trust_device(user, device, agent="Firefox", country="GB", city="York")
        self.keep(device)
        return trusted


@pytest.fixture
def allowed(tenant: object) -> None:
    update_sign_in_experience({"trustedDevice": {"enabled": True, "durationDays": 10}}, actor=SYSTEM)


def test_the_policy_is_off_at_first(alice: User) -> None:
    policy = get_sign_in_experience().trusted_device
    assert (policy.enabled, policy.days) == (False, 30)
    assert not may_trust_devices(alice)
    firefox = Firefox()
    assert not firefox.trust(alice)
    assert firefox.cookies == {}
    assert TrustedDevice.objects.count() == 0


@pytest.mark.parametrize("days", [0, 366, "30", None, 1.5])
def test_days_have_bounds(tenant: object, days: Any) -> None:
    changes = {"trustedDevice": {"enabled": True, "durationDays": days}}
    assert outcome(lambda: update_sign_in_experience(changes, actor=SYSTEM)) == "guard.invalid_input"


def test_the_policy_is_the_managements_alone(tenant: object, allowed: None) -> None:
    """It is none of the settings that anybody may read."""
    assert get_sign_in_experience().wire["trustedDevice"] == {"enabled": True, "durationDays": 10}
    for path in ("/api/.well-known/sign-in-exp", "/api/.well-known/experience"):
        answer = Client(HTTP_HOST="localhost:8000").get(path)
        assert answer.status_code == 200
        assert "trustedDevice" not in answer.json()


def test_a_browser_is_trusted_by_the_one_who_trusted_it(alice: User, bob: User, allowed: None) -> None:
    firefox = Firefox()
    assert not is_trusted(alice, firefox.device())
    assert not is_trusted(alice, None)
    assert firefox.trust(alice)
    assert is_trusted(alice, firefox.device())
    assert not is_trusted(bob, firefox.device())
    assert firefox.trust(bob), "two people share it"
    assert is_trusted(alice, firefox.device())
    assert is_trusted(bob, firefox.device())
    assert not is_trusted(alice, Firefox().device())
    device = TrustedDevice.objects.get(user=alice)
    assert (device.user_agent, device.country, device.city) == ("Firefox", "GB", "York")


def test_the_cookie(alice: User, allowed: None) -> None:
    firefox = Firefox()
    firefox.trust(alice)
    ((name, morsel),) = firefox.last.cookies.items()
    digest = sha256(f"default:{alice.id}".encode()).hexdigest()
    assert name.startswith("__Host-logto-trusted-device-")
    assert len(name.removeprefix("__Host-logto-trusted-device-")) == 43
    assert alice.id not in name
    assert digest not in name
    assert (morsel["path"], morsel["domain"], morsel["max-age"]) == ("/", "", 864_000)
    assert (morsel["httponly"], morsel["secure"], morsel["samesite"]) == (True, True, "Lax")


def test_on_http_it_has_no_prefix(alice: User, allowed: None) -> None:
    """Browsers take `__Host-` only from a secure origin; the one of a secure origin does not count elsewhere."""
    plain = Firefox(secure=False)
    plain.trust(alice)
    ((name, morsel),) = plain.last.cookies.items()
    assert name.startswith("logto-trusted-device-")
    assert morsel["secure"] == ""
    plain.secure = True
    assert not is_trusted(alice, plain.device())


def test_a_use_is_noted(alice: User, allowed: None) -> None:
    firefox = Firefox()
    firefox.trust(alice)
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        assert accept_device(alice, firefox.device())
        assert TrustedDevice.objects.get().last_used_at == now()
    assert not accept_device(alice, Firefox().device())


def test_trusted_again_it_is_trusted_once(alice: User, allowed: None) -> None:
    firefox = Firefox()
    firefox.trust(alice)
    before = firefox.device()
    firefox.trust(alice)
    assert TrustedDevice.objects.count() == 1
    assert is_trusted(alice, firefox.device())
    assert not is_trusted(alice, before)


def test_a_policy_that_changes_counts_at_once(alice: User, allowed: None) -> None:
    firefox = Firefox()
    firefox.trust(alice)
    with time_machine.travel(now() + timedelta(days=5), tick=False):
        assert is_trusted(alice, firefox.device())
        for policy in ({"enabled": True, "durationDays": 5}, {"enabled": False, "durationDays": 10}, {}):
            update_sign_in_experience({"trustedDevice": policy}, actor=SYSTEM)
            assert is_trusted(alice, firefox.device()) is False
            assert accept_device(alice, firefox.device()) is False
            update_sign_in_experience({"trustedDevice": {"enabled": True, "durationDays": 10}}, actor=SYSTEM)
        assert is_trusted(alice, firefox.device())


def test_one_organization_that_does_not_allow_it_is_enough(alice: User, bob: User, allowed: None) -> None:
    firefox = Firefox()
    firefox.trust(alice), firefox.trust(bob)
    easy, strict = create_organization(name="Easy", actor=SYSTEM), create_organization(name="Strict", actor=SYSTEM)
    for organization in (easy, strict):
        add_members(organization, user_ids=[alice.id], actor=SYSTEM)
    assert is_trusted(alice, firefox.device())
    update_organization(strict, is_trusted_device_allowed=False, actor=SYSTEM)
    assert not may_trust_devices(alice)
    assert not is_trusted(alice, firefox.device())
    assert not accept_device(alice, firefox.device())
    assert not firefox.trust(alice)
    assert is_trusted(bob, firefox.device()), "who is no member is not concerned"


def test_a_browser_without_a_cookie_costs_nothing(alice: User, allowed: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert not is_trusted(alice, Firefox().device())
