"""The place of an address by a local GeoIP database in the MaxMind DB format, of which each process has one open.

The file is mapped into memory, opened when the first sign-in asks, and opened again when another has taken its place.
A file that is missing or broken gives no places: a sign-in goes on without, and `manage.py check` says so.
"""

import logging
import os
from ipaddress import IPv6Address, ip_address
from threading import Lock
from typing import Any, NamedTuple

import maxminddb
from django.conf import settings

logger = logging.getLogger(__name__)

_lock = Lock()


class _Opened(NamedTuple):
    """The database, or `None` for a file that could not be read, and which file that was."""

    reader: maxminddb.Reader | None = None
    version: tuple[Any, ...] = ()


_opened = _Opened()


def find_place(address: str) -> dict[str, Any]:
    """Return `country`, `city`, `latitude` and `longitude` as the database has them for a public address.

    Empty without a database, and for an address that is not in it.
    """
    if not settings.GEOIP_DATABASE or not (public := _public_address(address)):
        return {}
    reader = _reader(settings.GEOIP_DATABASE)
    if reader is None:
        return {}
    try:
        entry = reader.get(public)
    except (maxminddb.InvalidDatabaseError, OSError, ValueError):
        logger.exception("the GeoIP database could not be read")
        return {}
    return _place_in(entry)


def describe_problem(path: str) -> str:
    """Return why a file is no database that gives places, empty if it is one."""
    try:
        with maxminddb.open_database(path) as reader:
            reader.get("1.1.1.1")
    except (maxminddb.InvalidDatabaseError, OSError, ValueError) as error:
        return str(error) or type(error).__name__
    return ""


def _public_address(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(parsed) if parsed.is_global else ""


def _reader(path: str) -> maxminddb.Reader | None:
    """The open database; opened again after its file has changed, and tried again after a broken one has."""
    global _opened
    version = _version_of(path)
    opened = _opened
    if opened.version != version:
        with _lock:
            if _opened.version != version:
                # The one before closes when the last look-up in it ends.
                _opened = _Opened(_open(path), version)
            opened = _opened
    return opened.reader


def _version_of(path: str) -> tuple[Any, ...]:
    try:
        state = os.stat(path)
    except OSError:
        return (path,)
    return path, state.st_ino, state.st_size, state.st_mtime_ns


def _open(path: str) -> maxminddb.Reader | None:
    try:
        return maxminddb.open_database(path)
    except (maxminddb.InvalidDatabaseError, OSError, ValueError):
        logger.exception("the GeoIP database could not be opened")
        return None


def _place_in(entry: Any) -> dict[str, Any]:
    """The four values of a record; the file is somebody else's, so nothing about its form is taken for granted."""
    country, city, location = (_member(entry, name) for name in ("country", "city", "location"))
    return {
        "country": _member(country, "iso_code"),
        "city": _member(_member(city, "names"), "en"),
        "latitude": _member(location, "latitude"),
        "longitude": _member(location, "longitude"),
    }


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
