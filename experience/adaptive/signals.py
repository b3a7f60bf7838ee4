"""What the edge in front, or a GeoIP database, says about a request: place, and whether a bot sent it.

Headers count only if the operator says that the edge sets them and drops those of callers (`TRUST_EDGE_HEADERS`): else
anybody could name the country that an account is known to sign in from. A value that is out of range is left out.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from common.request_context import request_header, request_origin
from experience.adaptive.geoip import find_place

MAX_CITY = 128

_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?")
_COUNTRY = re.compile(r"[A-Z]{2}")
# What edges send for a country that they do not know.
_NO_COUNTRIES = frozenset({"XX", "ZZ"})
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# Four digits are eleven meters.
_DIGITS = 4


def read_signals() -> dict[str, Any]:
    """Return the signals of the request under way by their names in `signInContext`; what is not known is absent.

    `country` (ISO 3166-1, two capitals), `city`, `latitude` and `longitude` (degrees), `botScore` (0 to 100, low is a
    bot), `botVerified` (a bot that says so, such as a crawler). The place is the edge's, or else the GeoIP database's.
    """
    said = _headers_of_edge() if settings.TRUST_EDGE_HEADERS else {}
    signals = signals_of(said)
    if not {"country", "latitude"} & set(signals):
        signals |= signals_of(find_place(request_origin().ip))
    return signals


def signals_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that have their form and are within range; a coordinate alone is none."""
    read = {
        "country": _country(said.get("country")),
        "city": _city(said.get("city")),
        "botScore": _within(said.get("botScore"), 0, 100),
        "botVerified": _BOOLEANS.get(str(said.get("botVerified")).strip().lower()),
    }
    latitude, longitude = _within(said.get("latitude"), -90, 90), _within(said.get("longitude"), -180, 180)
    if latitude is not None and longitude is not None:
        read |= {"latitude": latitude, "longitude": longitude}
    return {name: value for name, value in read.items() if value is not None}


def _headers_of_edge() -> dict[str, str]:
    return {name: _as_text(request_header(header)) for name, header in settings.EDGE_HEADERS.items()}


def _as_text(value: str) -> str:
    """Headers are bytes, which WSGI passes on as Latin-1 (PEP 3333); edges write the names of cities in UTF-8."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _country(value: Any) -> str | None:
    country = str(value or "").strip().upper()
    return country if _COUNTRY.fullmatch(country) and country not in _NO_COUNTRIES else None


def _city(value: Any) -> str | None:
    shown = "".join(letter for letter in str(value or "") if letter.isprintable()).strip()
    return shown[:MAX_CITY] or None


def _within(value: Any, least: int, most: int) -> int | float | None:
    written = str(value if value is not None else "").strip()
    if not _NUMBER.fullmatch(written):
        return None
    number = round(float(written), _DIGITS)
    if not least <= number <= most:
        return None
    return int(number) if number.is_integer() else number
