"""Two at the same moment: threads on PostgreSQL, each with a connection of its own."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest

from applications.models import Application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user
from oidc.models import DeviceGrant, Grant, RefreshToken
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.tenants import create_tenant
from tests.oidc.device.devices import Device, Person, make_device_application, place_of
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant(transactional_db: None) -> Iterator[Tenant]:
    tenant = create_tenant("default", name="Default")
    with enter_tenant("default"):
        yield tenant


@pytest.fixture
def application(tenant: Tenant) -> Application:
    return make_device_application()


@pytest.fixture
def tv(application: Application) -> Device:
    return Device(application).start()


@pytest.fixture
def people(tenant: Tenant) -> list[User]:
    return [create_user(username=name, actor=SYSTEM) for name in ("alice", "bob", "carol", "dave")]


def devices(tv: Device, times: int = 6) -> list[Device]:
    return [Device(tv.application, codes=tv.codes) for _ in range(times)]


def test_of_several_users_one_approves(tv: Device, people: list[User]) -> None:
    browsers = [Person().arrive(tv.user_code, user) for user in people]
    answers = race([partial(browser.press, tv.user_code, "allow") for browser in browsers])
    assert Counter(place_of(answer)[0] for answer in answers) == {"/device/success": 1, "/device": 3}
    device, grant = DeviceGrant.objects.get(), Grant.objects.get()
    assert (device.user_id, device.grant_id) == (grant.user_id, grant.id)


def test_approving_and_declining(tv: Device, people: list[User]) -> None:
    browsers = [Person().arrive(tv.user_code, user) for user in people[:2]]
    race(
        [
            lambda: browsers[0].press(tv.user_code, "allow"),
            lambda: browsers[1].press(tv.user_code, "decline"),
        ]
    )
    device = DeviceGrant.objects.get()
    assert (device.status == DeviceGrant.AUTHORIZED) == Grant.objects.exists()
    assert tv.poll().status_code == (200 if Grant.objects.exists() else 400)


def test_a_code_is_redeemed_once(tv: Device, people: list[User]) -> None:
    Person().arrive(tv.user_code, people[0]).allow(tv.user_code)
    answers = race([device.poll for device in devices(tv)])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 5}
    assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
    assert Grant.objects.get().revoked_at is not None, "the code was used twice"
    assert not RefreshToken.objects.exists()


def test_of_polls_at_once_one_is_in_time(tv: Device) -> None:
    answers = race([device.error for device in devices(tv)])
    assert Counter(error for _, error in answers) == {"authorization_pending": 1, "slow_down": 5}


def test_polls_beside_the_approval(tv: Device, people: list[User]) -> None:
    browser = Person().arrive(tv.user_code, people[0])
    answers = race([lambda: browser.allow(tv.user_code) and None, *[device.poll for device in devices(tv, 3)]])
    codes = Counter(answer.status_code for answer in answers if answer is not None)
    assert codes[200] <= 1
    assert set(codes) <= {200, 400}
    if not codes[200]:
        assert tv.poll().status_code == 200
