"""What is usual for a user: where the sign-ins of the last 180 days came from. Kept while adaptive MFA is on.

One row a user and country, brought up to date by each sign-in that succeeds, so that a user has at most as many rows
as there are countries.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from experience.adaptive.rules import KNOWN_FOR, Baseline, Coordinates, TriggeredRule, coordinates_of, triggered_rules
from identity.models import User
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_all, write

_PLACES = """
SELECT country, latitude, longitude, last_seen_at, located_at FROM experience_signinplace
WHERE tenant_id = %s AND user_id = %s AND last_seen_at >= %s"""

# A sign-in without coordinates leaves those of an earlier one, with their moment.
_RECORD = """
INSERT INTO experience_signinplace AS place
  (tenant_id, user_id, country, latitude, longitude, located_at, last_seen_at)
VALUES (%(tenant)s, %(user)s, %(country)s, %(latitude)s, %(longitude)s, %(located_at)s, %(moment)s)
ON CONFLICT (tenant_id, user_id, country) DO UPDATE SET
  last_seen_at = greatest(place.last_seen_at, excluded.last_seen_at),
  latitude = CASE WHEN excluded.located_at IS NULL THEN place.latitude ELSE excluded.latitude END,
  longitude = CASE WHEN excluded.located_at IS NULL THEN place.longitude ELSE excluded.longitude END,
  located_at = coalesce(excluded.located_at, place.located_at)"""

# A bounded number at a time, so that no statement holds many rows.
_DELETE = """
DELETE FROM experience_signinplace WHERE id IN (
  SELECT id FROM experience_signinplace WHERE tenant_id = %s AND last_seen_at < %s LIMIT 10000)"""


class _Place(NamedTuple):
    country: str
    latitude: float | None
    longitude: float | None
    last_seen_at: datetime
    located_at: datetime | None


def find_triggers(user: User, signals: Mapping[str, Any], *, moment: datetime) -> list[TriggeredRule]:
    """Return the rules that a sign-in of the user triggers. 1 statement, none if no place is to be compared.

    `signals` are those of `signInContext`. Ask before the sign-in is noted: `user.last_sign_in_at` is the one before.
    """
    return triggered_rules(signals, _baseline_of(user, signals, moment), moment=moment)


def as_result(triggers: Sequence[TriggeredRule]) -> dict[str, Any]:
    """Return what the rules found as `adaptiveMfaResult` of the webhook."""
    rules = [{"rule": trigger.rule, "details": dict(trigger.details)} for trigger in triggers]
    return {"requiresMfa": bool(rules), "triggeredRules": rules}


def record_place(user: User, signals: Mapping[str, Any], *, moment: datetime) -> None:
    """Remember where a sign-in or a registration that has succeeded came from. 1 statement, none without a place."""
    country, here = signals.get("country"), coordinates_of(signals)
    if country is None and here is None:
        return
    write(
        _RECORD,
        {
            "tenant": current_tenant_id(),
            "user": user.id,
            "country": country or "",
            "latitude": here and here.latitude,
            "longitude": here and here.longitude,
            "located_at": moment if here else None,
            "moment": moment,
        },
    )


def delete_old_places(*, moment: datetime) -> None:
    """Delete the current tenant's places that no rule looks at any more."""
    while write(_DELETE, [current_tenant_id(), moment - KNOWN_FOR]):
        pass


def _baseline_of(user: User, signals: Mapping[str, Any], moment: datetime) -> Baseline:
    if user.last_sign_in_at is None or not {"country", "latitude"} & set(signals):
        return Baseline(user.last_sign_in_at)
    places = fetch_all(_Place, _PLACES, [current_tenant_id(), user.id, moment - KNOWN_FOR])
    located = [place for place in places if place.located_at is not None]
    last = max(located, key=lambda place: place.located_at or moment, default=None)
    return Baseline(
        user.last_sign_in_at,
        frozenset(place.country for place in places if place.country),
        Coordinates(last.latitude, last.longitude)
        if last and last.latitude is not None and last.longitude is not None
        else None,
        last and last.located_at,
    )
