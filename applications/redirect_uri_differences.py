"""Where a redirect URI that was sent differs from the registered one: the first component, as people look for it.

Pure, and for reading alone: `applications.redirect_uris` decides what matches.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit

from applications.uri_patterns import host_matches, text_matches
from common.ascii_urls import to_ascii_url

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Component(StrEnum):
    """A part of an address, or what else may be the whole difference of one."""

    WHITE_SPACE = "white space"  # around the address
    SYNTAX = "syntax"  # what cannot be read as an address
    SCHEME = "scheme"
    HOST = "host"
    PORT = "port"
    PATH = "path"
    TRAILING_SLASH = "trailing slash"
    QUERY = "query"
    FRAGMENT = "fragment"
    CASE = "upper and lower case"
    ENCODING = "percent-encoding"


class Difference(NamedTuple):
    """The first component that differs, as it is registered and as it was given."""

    component: Component
    registered: str
    given: str


def first_difference(registered: str, given: str) -> Difference | None:
    """Return where `given` first differs from `registered`, which may be a pattern; `None` if nowhere."""
    if registered == given:
        return None
    if given != given.strip():
        return Difference(Component.WHITE_SPACE, registered, given)
    try:
        pairs = list(_parts(urlsplit(to_ascii_url(registered)), urlsplit(to_ascii_url(given))))
    except ValueError:
        return Difference(Component.SYNTAX, registered, given)
    for component, wanted, found, matches in pairs:
        if not matches(wanted, found):
            return Difference(_kind_of(component, wanted, found), wanted, found)
    # Alike as addresses: whoever compares them letter by letter finds this.
    component = Component.CASE if registered.casefold() == given.casefold() else Component.ENCODING
    return Difference(component, registered, given)


_Part = tuple[Component, str, str, Callable[[str, str], bool]]


def _parts(wanted: SplitResult, found: SplitResult) -> Iterator[_Part]:
    """Return the components in the order in which an address has them. Raises `ValueError` for what is no port."""
    yield Component.SCHEME, wanted.scheme, found.scheme, str.__eq__
    yield Component.HOST, wanted.hostname or "", found.hostname or "", host_matches
    yield Component.PORT, _port(wanted), _port(found), str.__eq__
    yield Component.PATH, wanted.path or "/", found.path or "/", text_matches
    yield Component.QUERY, wanted.query, found.query, str.__eq__
    yield Component.FRAGMENT, wanted.fragment, found.fragment, str.__eq__


def _port(parts: SplitResult) -> str:
    default = _DEFAULT_PORTS.get(parts.scheme)
    return str(parts.port or default or "")


def _kind_of(component: Component, wanted: str, found: str) -> Component:
    """Name a difference that is less than it seems."""
    if component not in (Component.PATH, Component.QUERY):
        return component
    if component == Component.PATH and wanted.rstrip("/") == found.rstrip("/"):
        return Component.TRAILING_SLASH
    if wanted.casefold() == found.casefold():
        return Component.CASE
    decoded = unquote_plus if component == Component.QUERY else unquote
    return Component.ENCODING if decoded(wanted) == decoded(found) else component
