"""The place of an address comes from a file that the operator has put there, and never stops a sign-in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from experience.adaptive.geoip import find_place
from tests.experience.adaptive.mmdb import place, write_database

BERLIN = place("DE", "Berlin", 52.52, 13.405)
NEW_YORK = place("US", "New York", 40.7128, -74.006)
FOUND_BERLIN = {"country": "DE", "city": "Berlin", "latitude": 52.52, "longitude": 13.405}


@pytest.fixture
def database(tmp_path: Path, settings: Any) -> Path:
    """A database that knows two networks."""
    path = write_database(tmp_path / "places.mmdb", {"9.9.9.0/24": BERLIN, "8.8.0.0/16": NEW_YORK})
    settings.GEOIP_DATABASE = str(path)
    return path


@pytest.mark.parametrize("address", ["9.9.9.9", "::ffff:9.9.9.9"])
def test_address_has_the_place_of_its_network(database: Path, address: str) -> None:
    assert find_place(address) == FOUND_BERLIN


def test_networks_are_told_apart(database: Path) -> None:
    assert find_place("8.8.4.4")["city"] == "New York"


@pytest.mark.parametrize(
    "address",
    [
        "9.9.8.9",
        "10.1.2.3",
        "127.0.0.1",
        "192.168.1.1",
        "169.254.1.1",
        "::1",
        "fd00::1",
        "2001:4860::1",
        "",
        "nonsense",
    ],
)
def test_address_that_is_private_unknown_or_none_has_no_place(database: Path, address: str) -> None:
    assert not any(find_place(address).values())


def test_private_networks_in_the_file_count_for_nothing(tmp_path: Path, settings: Any) -> None:
    """A caller from inside is nowhere, whatever the file says."""
    settings.GEOIP_DATABASE = str(write_database(tmp_path / "inside.mmdb", {"10.0.0.0/8": BERLIN}))
    assert find_place("10.1.2.3") == {}


def test_without_a_database_nobody_is_anywhere(settings: Any) -> None:
    settings.GEOIP_DATABASE = ""
    assert find_place("9.9.9.9") == {}


def test_new_file_in_its_place_is_read_at_once(database: Path) -> None:
    """As `geoipupdate` does: processes go on, and the next look-up is in the new file."""
    assert find_place("9.9.9.9") == FOUND_BERLIN
    write_database(database, {"9.9.9.0/24": NEW_YORK})
    assert find_place("9.9.9.9")["country"] == "US"


def _missing(path: Path) -> None:
    path.unlink()


def _broken(path: Path) -> None:
    path.write_bytes(b"no database at all")


def _cut(path: Path) -> None:
    whole = path.read_bytes()
    path.with_suffix(".cut").write_bytes(whole[:40] + whole[whole.index(b"\xab\xcd\xefMaxMind") :])
    path.with_suffix(".cut").replace(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("spoil", [_missing, _broken, _folder])
def test_file_that_cannot_be_read_is_reported_and_gives_no_places(
    database: Path, spoil: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(database)
    assert find_place("9.9.9.9") == {}
    call_command("check")
    assert "experience.W001" in capsys.readouterr().err


def test_part_of_a_file_gives_no_places(database: Path) -> None:
    _cut(database)
    assert not any(find_place("9.9.9.9").values())


def test_file_that_can_be_read_is_not_reported(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check")
    assert "experience.W001" not in capsys.readouterr().err


def test_mended_file_is_read_again(database: Path) -> None:
    whole = database.read_bytes()
    _broken(database)
    assert find_place("9.9.9.9") == {}
    database.write_bytes(whole)
    assert find_place("9.9.9.9") == FOUND_BERLIN


@pytest.mark.parametrize(
    "document",
    [
        {"country": "DE", "city": "Berlin", "location": "52.52,13.405"},
        {"country": {"iso_code": {"en": "DE"}}, "city": {"names": "Berlin"}},
        {},
    ],
)
def test_file_of_another_make_gives_no_places(tmp_path: Path, settings: Any, document: dict[str, Any]) -> None:
    """It is read, and what it says is not understood; `signals_of` drops what is no country."""
    settings.GEOIP_DATABASE = str(write_database(tmp_path / "other.mmdb", {"9.9.9.0/24": document}))
    found = find_place("9.9.9.9")
    assert found["city"] is found["latitude"] is found["longitude"] is None
