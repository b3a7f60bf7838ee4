"""Each rule of adaptive MFA, at its bounds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from experience.adaptive.rules import Baseline, Coordinates, distance_km, triggered_rules

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
EQUATOR = Coordinates(0, 0)
# A degree of the equator, in kilometers, of the globe that the rule reckons with.
DEGREE = 111.19492664


def rules_of(signals: dict[str, Any], baseline: Baseline) -> list[str]:
    return [trigger.rule for trigger in triggered_rules(signals, baseline, moment=NOON)]


def known(*countries: str, **values: Any) -> Baseline:
    return Baseline(**{"last_sign_in_at": NOON - HOUR, "countries": frozenset(countries), **values})


@pytest.mark.parametrize(
    ("signals", "baseline", "rules"),
    [
        ({"country": "US"}, known("DE", "FR"), ["new_country"]),
        ({"country": "DE"}, known("DE", "FR"), []),
        # Nothing to compare with, or nothing known of the request.
        ({"country": "US"}, known(), []),
        ({}, known("DE"), []),
    ],
)
def test_new_country(signals: dict[str, Any], baseline: Baseline, rules: list[str]) -> None:
    assert rules_of(signals, baseline) == rules


@pytest.mark.parametrize(
    ("degrees", "elapsed", "rules"),
    [
        (899.9 / DEGREE, HOUR, []),
        (900.1 / DEGREE, HOUR, ["geo_velocity"]),
        (900.1 / DEGREE, HOUR + timedelta(seconds=1), []),
        # Halfway round the globe takes 22 hours and a quarter.
        (180, timedelta(hours=22), ["geo_velocity"]),
        (180, timedelta(hours=22, minutes=15), []),
        # The same moment, or a clock that ran ahead: only another place is suspicious.
        (0, timedelta(0), []),
        (1, timedelta(0), ["geo_velocity"]),
        (1, -HOUR, ["geo_velocity"]),
    ],
)
def test_geo_velocity(degrees: float, elapsed: timedelta, rules: list[str]) -> None:
    baseline = known(coordinates=EQUATOR, located_at=NOON - elapsed)
    assert rules_of({"latitude": 0, "longitude": degrees}, baseline) == rules


@pytest.mark.parametrize("baseline", [known(), known("DE")])
def test_nobody_has_traveled_from_a_place_that_is_not_known(baseline: Baseline) -> None:
    assert rules_of({"latitude": 0, "longitude": 90}, baseline) == []


def test_nobody_has_traveled_to_a_place_that_is_not_known() -> None:
    assert rules_of({}, known(coordinates=EQUATOR, located_at=NOON)) == []


def test_distance_is_that_over_the_surface() -> None:
    """Across the date line is near, and the poles are where meridians meet."""
    assert distance_km(Coordinates(0, 179.5), Coordinates(0, -179.5)) == pytest.approx(DEGREE)
    assert distance_km(Coordinates(90, 0), Coordinates(90, 180)) == pytest.approx(0, abs=1e-6)
    assert distance_km(Coordinates(52.52, 13.405), Coordinates(40.7128, -74.006)) == pytest.approx(6385, abs=5)


@pytest.mark.parametrize(
    ("inactive", "rules"),
    [
        (timedelta(days=30), []),
        (timedelta(days=30, microseconds=1), ["long_inactivity"]),
        (timedelta(days=400), ["long_inactivity"]),
        (timedelta(0), []),
    ],
)
def test_long_inactivity(inactive: timedelta, rules: list[str]) -> None:
    assert rules_of({}, Baseline(NOON - inactive)) == rules


@pytest.mark.parametrize(
    ("signals", "rules"),
    [
        ({"botScore": 29}, ["untrusted_ip"]),
        ({"botScore": 0}, ["untrusted_ip"]),
        ({"botScore": 30}, []),
        ({"botVerified": True}, ["untrusted_ip"]),
        ({"botVerified": True, "botScore": 99}, ["untrusted_ip"]),
        ({"botVerified": False, "botScore": 30}, []),
        ({"botVerified": False}, []),
        ({}, []),
    ],
)
@pytest.mark.parametrize("baseline", [Baseline(), known("DE")])
def test_untrusted_ip(signals: dict[str, Any], baseline: Baseline, rules: list[str]) -> None:
    assert rules_of(signals, baseline) == rules


def test_first_sign_in_is_compared_with_nothing() -> None:
    """Rows of an earlier life, such as an import's, do not count either."""
    never = Baseline(None, frozenset({"DE"}), EQUATOR, NOON - HOUR)
    signals = {"country": "US", "latitude": 0, "longitude": 180, "botScore": 1}
    assert rules_of(signals, never) == ["untrusted_ip"]


def test_every_rule_that_is_triggered_says_what_it_found() -> None:
    baseline = Baseline(NOON - timedelta(days=31), frozenset({"FR", "DE"}), EQUATOR, NOON - HOUR)
    signals = {"country": "US", "latitude": 0, "longitude": 10, "botScore": 1, "botVerified": False}
    found = triggered_rules(signals, baseline, moment=NOON)
    assert {trigger.rule: dict(trigger.details) for trigger in found} == {
        "new_country": {"currentCountry": "US", "knownCountries": ["DE", "FR"], "windowDays": 180},
        "geo_velocity": {
            "distanceKm": 1111.9,
            "elapsedSeconds": 3600,
            "speedKmh": 1111.9,
            "thresholdKmh": 900,
        },
        "long_inactivity": {"inactiveDays": 31, "thresholdDays": 30},
        "untrusted_ip": {"botScore": 1, "botVerified": False, "thresholdBotScore": 30},
    }
