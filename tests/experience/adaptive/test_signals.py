"""Where a request comes from is what the edge says, if the operator trusts it, else the GeoIP database's word."""

from pathlib import Path
from typing import Any

import pytest

from events.models import AuditLog
from experience.adaptive.signals import MAX_CITY, signals_of
from identity.models import User
from tests.experience.adaptive.mmdb import place, write_database
from tests.experience.conftest import Browser

BERLIN_HEADERS = {
    "x-logto-cf-country": "de",
    "x-logto-cf-city": "Berlin",
    "x-logto-cf-latitude": "52.52",
    "x-logto-cf-longitude": "13.405",
    "x-logto-cf-bot-score": "97",
    "x-logto-cf-bot-verified": "false",
}
BERLIN = {
    "country": "DE",
    "city": "Berlin",
    "latitude": 52.52,
    "longitude": 13.405,
    "botScore": 97,
    "botVerified": False,
}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        # Countries: two letters, in capitals; unknown ones are none.
        ({"country": "DE"}, {"country": "DE"}),
        ({"country": " de "}, {"country": "DE"}),
        ({"country": "T1"}, {}),
        ({"country": "XX"}, {}),
        ({"country": "DEU"}, {}),
        ({"country": "D"}, {}),
        ({"country": "US,DE"}, {}),
        ({"country": "ÄÖ"}, {}),
        ({"country": {"en": "DE"}}, {}),
        # Cities: printable, and not longer than a name is.
        ({"city": "Zürich"}, {"city": "Zürich"}),
        ({"city": "Ber\nlin\x00"}, {"city": "Berlin"}),
        ({"city": "x" * (MAX_CITY + 1)}, {"city": "x" * MAX_CITY}),
        ({"city": " "}, {}),
        # Coordinates: both, within the globe.
        ({"latitude": "90", "longitude": "180"}, {"latitude": 90, "longitude": 180}),
        ({"latitude": "-90.0", "longitude": "-180.0"}, {"latitude": -90, "longitude": -180}),
        ({"latitude": "90.0001", "longitude": "0"}, {}),
        ({"latitude": "0", "longitude": "-180.0001"}, {}),
        ({"latitude": "1.23456789", "longitude": "0"}, {"latitude": 1.2346, "longitude": 0}),
        ({"latitude": "52.52"}, {}),
        ({"longitude": "13.4"}, {}),
        ({"latitude": "nan", "longitude": "0"}, {}),
        ({"latitude": "inf", "longitude": "0"}, {}),
        ({"latitude": "1e1", "longitude": "0"}, {}),
        ({"latitude": "1_0", "longitude": "0"}, {}),
        ({"latitude": "٥", "longitude": "0"}, {}),
        ({"latitude": "9" * 400, "longitude": "0"}, {}),
        # Bots.
        ({"botScore": "0"}, {"botScore": 0}),
        ({"botScore": "100"}, {"botScore": 100}),
        ({"botScore": "101"}, {}),
        ({"botScore": "-1"}, {}),
        ({"botScore": ""}, {}),
        ({"botVerified": "TRUE"}, {"botVerified": True}),
        ({"botVerified": "0"}, {"botVerified": False}),
        ({"botVerified": "perhaps"}, {}),
        ({}, {}),
    ],
)
def test_values_have_their_form_and_range(said: dict[str, Any], read: dict[str, Any]) -> None:
    assert signals_of(said) == read


def context_of(browser: Browser, headers: dict[str, str], address: str = "127.0.0.1") -> dict[str, Any]:
    """Begin a journey with these headers, from this address, and return what is kept of where it came from."""
    browser.headers = headers
    browser.client.defaults["REMOTE_ADDR"] = address
    browser.start()
    status, state = browser.get("/interaction")
    assert status == 200, state
    return {name: value for name, value in state["signInContext"].items() if name not in ("ip", "userAgent")}


def test_headers_of_a_trusted_edge_are_kept_with_the_journey(browser: Browser, settings: Any) -> None:
    settings.TRUST_EDGE_HEADERS = True
    assert context_of(browser, BERLIN_HEADERS) == BERLIN


def test_the_audit_log_has_them_with_every_step(browser: Browser, alice: User, settings: Any) -> None:
    settings.TRUST_EDGE_HEADERS = True
    context_of(browser, BERLIN_HEADERS)
    assert browser.identify(browser.give_password("username", "alice")) == (204, None)
    assert browser.submit()[0] == 200
    entries = AuditLog.objects.filter(key__startswith="Interaction.SignIn.")
    assert {entry.key for entry in entries if entry.payload.get("signInContext") == BERLIN} == {
        "Interaction.SignIn.Create",
        "Interaction.SignIn.Verification.Password.Submit",
        "Interaction.SignIn.Identifier.Submit",
        "Interaction.SignIn.Submit",
    }
    AuditLog.objects.all().delete()
    settings.TRUST_EDGE_HEADERS = False
    context_of(browser, BERLIN_HEADERS)
    assert "signInContext" not in AuditLog.objects.get(key="Interaction.SignIn.Create").payload


def test_nobody_says_of_themselves_where_they_are(browser: Browser) -> None:
    """Without the operator's word these headers are the caller's: a thief would name the country of the owner."""
    assert context_of(browser, BERLIN_HEADERS) == {}


def test_cities_are_read_as_edges_write_them(browser: Browser, settings: Any) -> None:
    """In UTF-8, which a web server passes on byte by byte."""
    settings.TRUST_EDGE_HEADERS = True
    written = "Zürich".encode().decode("latin-1")
    assert context_of(browser, {"x-logto-cf-city": written}) == {"city": "Zürich"}


def test_headers_of_another_edge(browser: Browser, settings: Any) -> None:
    settings.TRUST_EDGE_HEADERS = True
    settings.EDGE_HEADERS = {**settings.EDGE_HEADERS, "country": "cf-ipcountry"}
    assert context_of(browser, {"cf-ipcountry": "FR", "x-logto-cf-country": "DE"}) == {"country": "FR"}


@pytest.fixture
def database(tmp_path: Path, settings: Any) -> None:
    new_york = place("US", "New York", 40.7128, -74.006)
    settings.GEOIP_DATABASE = str(write_database(tmp_path / "places.mmdb", {"9.9.9.0/24": new_york}))


NEW_YORK = {"country": "US", "city": "New York", "latitude": 40.7128, "longitude": -74.006}


@pytest.mark.parametrize(
    ("trusts", "headers", "address", "read"),
    [
        # Where the edge says nothing of the place, the database does; the two are never mixed.
        (False, BERLIN_HEADERS, "9.9.9.9", NEW_YORK),
        (True, {}, "9.9.9.9", NEW_YORK),
        (True, {"x-logto-cf-bot-score": "5"}, "9.9.9.9", {**NEW_YORK, "botScore": 5}),
        (True, BERLIN_HEADERS, "9.9.9.9", BERLIN),
        (True, {"x-logto-cf-country": "DE"}, "9.9.9.9", {"country": "DE"}),
        (True, {}, "10.0.0.1", {}),
    ],
)
def test_edge_comes_before_the_database(
    browser: Browser,
    database: None,
    settings: Any,
    trusts: bool,
    headers: dict[str, str],
    address: str,
    read: dict[str, Any],
) -> None:
    settings.TRUST_EDGE_HEADERS = trusts
    assert context_of(browser, headers, address) == read
