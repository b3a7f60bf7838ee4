"""A sign-in that is unusual asks for the second factor; the others do not, and webhooks are told why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from events.history import Event
from experience.models import SignInPlace
from identity.models import User
from tests.experience.adaptive.test_baseline import adaptive as adaptive
from tests.experience.adaptive.test_signals import BERLIN_HEADERS
from tests.experience.conftest import Answer, Browser, code_of
from tests.experience.second_factors.conftest import (
    NOON,
    code_at,
    sign_in_with_password,
    verify,
)
from tests.experience.second_factors.conftest import noon as noon
from tests.experience.second_factors.conftest import totp_secret as totp_secret
from tests.experience.test_statements import statements
from tests.recorded import recorded as recorded

NEW_YORK_HEADERS = {
    "x-logto-cf-country": "US",
    "x-logto-cf-city": "New York",
    "x-logto-cf-latitude": "40.7128",
    "x-logto-cf-longitude": "-74.006",
}
POTSDAM_HEADERS = {**BERLIN_HEADERS, "x-logto-cf-latitude": "52.39", "x-logto-cf-longitude": "13.06"}
REQUIRED = (403, "session.mfa.require_mfa_verification")
HOOK = "PostSignInAdaptiveMfaTriggered"
DAY = timedelta(days=1)

Another = Callable[[], Browser]


@pytest.fixture
def another(application: Any) -> Another:
    """Open a further browser with a sign-in of its own."""

    def open_browser() -> Browser:
        browser = Browser(Client(HTTP_HOST="localhost:8000"))
        browser.open(application)
        return browser

    return open_browser


def submitted(browser: Browser, user: User, headers: dict[str, str]) -> Answer:
    """Give the password from there and submit."""
    browser.headers = headers
    sign_in_with_password(browser, user)
    return browser.submit()


@pytest.fixture
def at_home(another: Another, alice: User, adaptive: None, totp_secret: str, noon: Any) -> None:
    """Alice has an authenticator app, and has just signed in from Berlin."""
    assert submitted(another(), alice, BERLIN_HEADERS)[0] == 200


def rules_told(events: list[Event]) -> list[list[str]]:
    """The rules of each time that the webhook was told."""
    results = [event.details["adaptiveMfaResult"] for event in events if event.name == HOOK]
    assert all(result["requiresMfa"] for result in results)
    return [[row["rule"] for row in result["triggeredRules"]] for result in results]


def test_first_sign_in_is_not_asked(at_home: None, recorded: list[Event]) -> None:
    assert [place.country for place in SignInPlace.objects.all()] == ["DE"]


@pytest.mark.parametrize("headers", [BERLIN_HEADERS, POTSDAM_HEADERS, {}])
@pytest.mark.parametrize("later", [timedelta(hours=1), 30 * DAY])
def test_usual_sign_in_is_not_asked(
    at_home: None,
    another: Another,
    alice: User,
    noon: Any,
    recorded: list[Event],
    headers: dict[str, str],
    later: timedelta,
) -> None:
    noon.shift(later)
    assert submitted(another(), alice, headers)[0] == 200
    assert rules_told(recorded) == []


@pytest.mark.parametrize(
    ("headers", "later", "rules"),
    [
        (NEW_YORK_HEADERS, timedelta(hours=1), ["new_country", "geo_velocity"]),
        (NEW_YORK_HEADERS, DAY, ["new_country"]),
        ({"x-logto-cf-country": "US"}, timedelta(hours=1), ["new_country"]),
        ({**NEW_YORK_HEADERS, "x-logto-cf-country": "DE"}, timedelta(hours=1), ["geo_velocity"]),
        (BERLIN_HEADERS, 30 * DAY + timedelta(seconds=1), ["long_inactivity"]),
        ({}, 31 * DAY, ["long_inactivity"]),
        ({**BERLIN_HEADERS, "x-logto-cf-bot-score": "29"}, DAY, ["untrusted_ip"]),
        ({**BERLIN_HEADERS, "x-logto-cf-bot-verified": "true"}, DAY, ["untrusted_ip"]),
    ],
)
def test_unusual_sign_in_is_asked_and_webhooks_are_told_why(
    at_home: None,
    another: Another,
    alice: User,
    noon: Any,
    recorded: list[Event],
    headers: dict[str, str],
    later: timedelta,
    rules: list[str],
) -> None:
    noon.shift(later)
    answer = submitted(another(), alice, headers)
    assert code_of(answer) == REQUIRED
    assert answer[1]["data"]["availableFactors"] == ["Totp"]
    assert rules_told(recorded) == [rules]


def test_place_is_known_once_the_factor_was_given(
    at_home: None,
    another: Another,
    alice: User,
    totp_secret: str,
    noon: Any,
    recorded: list[Event],
) -> None:
    """Who only has the password does not make a country known by trying."""
    noon.shift(DAY)
    for _ in range(2):
        browser = another()
        assert code_of(submitted(browser, alice, NEW_YORK_HEADERS)) == REQUIRED
    verify(browser, "/totp/verify", {"code": code_at(totp_secret, NOON + DAY)})
    assert browser.submit()[0] == 200
    assert rules_told(recorded) == [["new_country"], ["new_country"]]
    assert submitted(another(), alice, NEW_YORK_HEADERS)[0] == 200


def test_caller_cannot_claim_to_be_at_home(
    at_home: None,
    another: Another,
    alice: User,
    noon: Any,
    settings: Any,
) -> None:
    """The operator no longer vouches for the edge: what the headers say counts for nothing, either way."""
    settings.TRUST_EDGE_HEADERS = False
    noon.shift(31 * DAY)
    assert code_of(submitted(another(), alice, BERLIN_HEADERS)) == REQUIRED
    assert [place.country for place in SignInPlace.objects.all()] == ["DE"]


def test_user_without_a_factor_is_not_asked_for_one_but_sets_one_up(
    browser: Browser, alice: User, adaptive: None, recorded: list[Event]
) -> None:
    answer = submitted(browser, alice, {"x-logto-cf-bot-score": "1"})
    assert code_of(answer) == (422, "user.missing_mfa")
    assert rules_told(recorded) == []


def test_nobody_is_asked_while_adaptive_mfa_is_off(
    at_home: None, another: Another, alice: User, settings_of: Any, recorded: list[Event]
) -> None:
    settings_of(mfa={"factors": ["Totp"], "policy": "NoPrompt"}, adaptiveMfa={"enabled": False})
    alice.account_settings = {"mfa": {"enabled": False}}
    alice.save()
    assert submitted(another(), alice, NEW_YORK_HEADERS)[0] == 200
    assert rules_told(recorded) == []


def test_statements_of_a_sign_in_with_a_place(at_home: None, another: Another, alice: User, settings_of: Any) -> None:
    """Adaptive MFA costs a read of the user's places, and the note of this one."""

    def cost() -> int:
        browser = another()
        browser.headers = BERLIN_HEADERS
        sign_in_with_password(browser, alice)
        return statements(browser.submit)

    with_adaptive = cost()
    settings_of(mfa={"factors": ["Totp"], "policy": "NoPrompt"}, adaptiveMfa={"enabled": False})
    alice.account_settings = {"mfa": {"enabled": False}}
    alice.save()
    # The first one after a change reads settings again.
    cost()
    assert with_adaptive == cost() + 2
