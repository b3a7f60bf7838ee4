"""What is usual for a user: learned from the sign-ins that succeed while adaptive MFA is on, and forgotten in time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM
from experience.adaptive.baseline import as_result, find_triggers, record_place
from experience.models import SignInPlace
from experience.tasks import clean_up_places
from identity.factors.totp.codes import new_secret
from identity.factors.totp.service import bind_totp
from identity.models import User
from tenants.context import enter_tenant
from tests.experience.adaptive.test_signals import BERLIN_HEADERS
from tests.experience.conftest import Browser
from tests.people import PASSWORD

Change = Callable[..., None]

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
BERLIN = {"country": "DE", "latitude": 52.52, "longitude": 13.405}
HAMBURG = {"country": "DE", "latitude": 53.55, "longitude": 9.99}
NEW_YORK = {"country": "US", "latitude": 40.7128, "longitude": -74.006}
DAY = timedelta(days=1)


@pytest.fixture
def adaptive(settings_of: Change, settings: Any) -> None:
    """The tenant has adaptive MFA, and the operator trusts the edge."""
    settings.TRUST_EDGE_HEADERS = True
    settings_of(mfa={"factors": ["Totp"], "policy": "PromptAtSignInAndSignUpMandatory"}, adaptiveMfa={"enabled": True})


def signed_in(user: User, signals: dict[str, Any], moment: datetime) -> None:
    """Let the user have signed in from there."""
    user.last_sign_in_at = moment
    user.save(update_fields=["last_sign_in_at"])
    record_place(user, signals, moment=moment)


def rules_of(user: User, signals: dict[str, Any], moment: datetime = NOON) -> list[str]:
    return [trigger.rule for trigger in find_triggers(user, signals, moment=moment)]


def test_country_is_known_for_180_days(alice: User) -> None:
    signed_in(alice, {"country": "US"}, NOON - 180 * DAY)
    signed_in(alice, {"country": "DE"}, NOON - DAY)
    assert rules_of(alice, {"country": "US"}) == []
    assert rules_of(alice, {"country": "US"}, NOON + timedelta(seconds=1)) == ["new_country"]
    assert rules_of(alice, {"country": "DE"}) == []


def test_sign_in_makes_its_country_known_again(alice: User) -> None:
    signed_in(alice, {"country": "US"}, NOON - 200 * DAY)
    signed_in(alice, {"country": "DE"}, NOON - 10 * DAY)
    assert rules_of(alice, {"country": "US"}) == ["new_country"]
    signed_in(alice, {"country": "US"}, NOON - DAY)
    assert rules_of(alice, {"country": "US"}) == []
    assert SignInPlace.objects.count() == 2


def test_speed_is_measured_from_the_last_coordinates(alice: User) -> None:
    signed_in(alice, NEW_YORK, NOON - DAY)
    signed_in(alice, BERLIN, NOON - timedelta(hours=2))
    signed_in(alice, {"country": "US"}, NOON - timedelta(hours=1))
    assert rules_of(alice, HAMBURG) == []
    # 6,400 kilometers since two hours, whatever the sign-in between has not said.
    assert rules_of(alice, NEW_YORK) == ["geo_velocity"]


def test_coordinates_without_a_country_are_a_place_too(alice: User) -> None:
    signed_in(alice, {"latitude": 52.52, "longitude": 13.405}, NOON - timedelta(hours=1))
    assert rules_of(alice, {"latitude": 40.7128, "longitude": -74.006}) == ["geo_velocity"]
    assert rules_of(alice, {"country": "US"}) == []


def test_nothing_known_is_nothing_unusual(alice: User) -> None:
    """Adaptive MFA has just been switched on: the first sign-in from anywhere is the baseline."""
    alice.last_sign_in_at = NOON - DAY
    assert rules_of(alice, NEW_YORK) == []


def test_others_places_do_not_count(alice: User, bob: User) -> None:
    signed_in(bob, {"country": "DE"}, NOON - DAY)
    alice.last_sign_in_at = NOON - DAY
    assert rules_of(alice, {"country": "US"}) == []


def test_places_of_another_tenant_are_not_seen(alice: User, tenants: Any) -> None:
    signed_in(alice, {"country": "DE"}, NOON - DAY)
    with enter_tenant("acme"):
        assert rules_of(alice, {"country": "US"}) == []


@pytest.mark.parametrize(("signals", "statements"), [({}, 0), ({"botScore": 1}, 0), (BERLIN, 1), ({"city": "x"}, 0)])
def test_statements_of_asking(alice: User, signals: dict[str, Any], statements: int) -> None:
    alice.last_sign_in_at = NOON - DAY
    with CaptureQueriesContext(connection) as captured:
        find_triggers(alice, signals, moment=NOON)
    assert len(captured) == statements


def test_result_is_what_the_webhook_tells(alice: User) -> None:
    signed_in(alice, {"country": "DE"}, NOON - DAY)
    assert as_result(find_triggers(alice, {"country": "US"}, moment=NOON)) == {
        "requiresMfa": True,
        "triggeredRules": [
            {
                "rule": "new_country",
                "details": {"currentCountry": "US", "knownCountries": ["DE"], "windowDays": 180},
            }
        ],
    }
    assert as_result([]) == {"requiresMfa": False, "triggeredRules": []}


def sign_in(browser: Browser, user: User, headers: dict[str, str]) -> None:
    """Let a user sign in who has the factor that adaptive MFA wants everybody to have, and nothing asks for."""
    bind_totp(user, secret=new_secret(), actor=SYSTEM)
    browser.headers = headers
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    assert browser.submit()[0] == 200


def test_sign_in_that_succeeds_is_remembered(browser: Browser, alice: User, adaptive: None) -> None:
    with time_machine.travel(NOON, tick=False):
        sign_in(browser, alice, BERLIN_HEADERS)
    place = SignInPlace.objects.get()
    assert (place.user_id, place.country, place.latitude, place.longitude) == (alice.id, "DE", 52.52, 13.405)
    assert place.located_at == place.last_seen_at == NOON


def test_sign_in_that_fails_teaches_nothing(browser: Browser, alice: User, adaptive: None) -> None:
    """Else whoever guesses passwords from a country would make it a known one."""
    browser.headers = BERLIN_HEADERS
    browser.start()
    body = {"identifier": {"type": "username", "value": "alice"}, "password": f"{PASSWORD}!"}
    assert browser.post("/verification/password", body)[0] == 422
    browser.give_password("username", "alice")
    assert not SignInPlace.objects.exists()


@pytest.mark.parametrize("headers", [BERLIN_HEADERS, {}])
def test_nothing_is_remembered_while_adaptive_mfa_is_off(
    browser: Browser, alice: User, settings: Any, headers: dict[str, str]
) -> None:
    settings.TRUST_EDGE_HEADERS = True
    sign_in(browser, alice, headers)
    assert not SignInPlace.objects.exists()


def test_nothing_is_remembered_of_a_place_that_is_not_known(browser: Browser, alice: User, adaptive: None) -> None:
    sign_in(browser, alice, {"x-logto-cf-bot-score": "99"})
    assert not SignInPlace.objects.exists()


def test_places_that_no_rule_looks_at_are_deleted(alice: User, tenants: Any) -> None:
    signed_in(alice, {"country": "US"}, NOON - 180 * DAY - timedelta(seconds=1))
    signed_in(alice, {"country": "DE"}, NOON - 180 * DAY)
    with time_machine.travel(NOON, tick=False):
        clean_up_places()
    assert [place.country for place in SignInPlace.objects.all()] == ["DE"]


def test_places_go_with_their_user(alice: User) -> None:
    signed_in(alice, BERLIN, NOON)
    alice.delete()
    assert not SignInPlace.objects.exists()
