"""When a sign-in is unusual: one pure function a rule, any of which asks for a second factor.

`RULES` is the documentation. A rule gets what is known of the request and of the user, and returns what it has found,
as the webhook tells it, or `None`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

#: How long a country in which a user has signed in counts as known.
KNOWN_FOR = timedelta(days=180)
_INACTIVE_AFTER = timedelta(days=30)
# An airliner's speed: nobody has been in both places.
_MAX_SPEED_KMH = 900
_LEAST_BOT_SCORE = 30
_EARTH_RADIUS_KM = 6371.0
# Two sign-ins of the same moment.
_SHORTEST = timedelta(seconds=1)


class Coordinates(NamedTuple):
    """A place on the earth, in degrees."""

    latitude: float
    longitude: float


class Baseline(NamedTuple):
    """What is usual for a user: when and where the sign-ins were that have succeeded.

    `countries` are those of the last 180 days; `located_at` is the moment of `coordinates`.
    """

    last_sign_in_at: datetime | None = None
    countries: frozenset[str] = frozenset()
    coordinates: Coordinates | None = None
    located_at: datetime | None = None


class TriggeredRule(NamedTuple):
    """A rule that asks for a second factor, and what it has found."""

    rule: str
    details: Mapping[str, Any]


Signals = Mapping[str, Any]
Rule = Callable[[Signals, Baseline, datetime], Mapping[str, Any] | None]


def new_country(signals: Signals, baseline: Baseline, _moment: datetime) -> Mapping[str, Any] | None:
    """The user has signed in from other countries in the last 180 days, and never from this one."""
    country = signals.get("country")
    if country is None or not baseline.countries or country in baseline.countries:
        return None
    return {"currentCountry": country, "knownCountries": sorted(baseline.countries), "windowDays": KNOWN_FOR.days}


def geo_velocity(signals: Signals, baseline: Baseline, moment: datetime) -> Mapping[str, Any] | None:
    """The user would have traveled faster than 900 km/h from where the last sign-in was."""
    here = coordinates_of(signals)
    if here is None or baseline.coordinates is None or baseline.located_at is None:
        return None
    distance = distance_km(baseline.coordinates, here)
    elapsed = max(moment - baseline.located_at, _SHORTEST)
    speed = distance / (elapsed / timedelta(hours=1))
    if speed <= _MAX_SPEED_KMH:
        return None
    return {
        "distanceKm": round(distance, 1),
        "elapsedSeconds": round(elapsed.total_seconds()),
        "speedKmh": round(speed, 1),
        "thresholdKmh": _MAX_SPEED_KMH,
    }


def long_inactivity(_signals: Signals, baseline: Baseline, moment: datetime) -> Mapping[str, Any] | None:
    """The user has not signed in for more than 30 days."""
    if baseline.last_sign_in_at is None or moment - baseline.last_sign_in_at <= _INACTIVE_AFTER:
        return None
    return {
        "inactiveDays": (moment - baseline.last_sign_in_at).days,
        "thresholdDays": _INACTIVE_AFTER.days,
    }


def untrusted_ip(signals: Signals, _baseline: Baseline, _moment: datetime) -> Mapping[str, Any] | None:
    """The edge takes the caller for a bot: a score below 30, or a bot that it knows."""
    score, is_verified_bot = signals.get("botScore"), signals.get("botVerified")
    if not is_verified_bot and (score is None or score >= _LEAST_BOT_SCORE):
        return None
    found = {"botScore": score, "botVerified": is_verified_bot, "thresholdBotScore": _LEAST_BOT_SCORE}
    return {name: value for name, value in found.items() if value is not None}


RULES: Mapping[str, Rule] = {
    "new_country": new_country,
    "geo_velocity": geo_velocity,
    "long_inactivity": long_inactivity,
    "untrusted_ip": untrusted_ip,
}
# A first sign-in is compared with nothing.
_RULES_OF_FIRST = frozenset({"untrusted_ip"})


def triggered_rules(signals: Signals, baseline: Baseline, *, moment: datetime) -> list[TriggeredRule]:
    """Return every rule that a sign-in triggers, in the order of `RULES`."""
    is_first = baseline.last_sign_in_at is None
    names = [name for name in RULES if not is_first or name in _RULES_OF_FIRST]
    found = [(name, RULES[name](signals, baseline, moment)) for name in names]
    return [TriggeredRule(name, details) for name, details in found if details is not None]


def coordinates_of(signals: Signals) -> Coordinates | None:
    """Return where a request comes from, `None` if that is not known."""
    latitude, longitude = signals.get("latitude"), signals.get("longitude")
    return None if latitude is None or longitude is None else Coordinates(latitude, longitude)


def distance_km(first: Coordinates, second: Coordinates) -> float:
    """Return the distance over the earth's surface in kilometers (haversine)."""
    phi, other_phi = radians(first.latitude), radians(second.latitude)
    half_lambda = radians(second.longitude - first.longitude) / 2
    chord = sin((other_phi - phi) / 2) ** 2 + cos(phi) * cos(other_phi) * sin(half_lambda) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))
