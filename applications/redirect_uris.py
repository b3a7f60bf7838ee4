"""Redirect URIs: which may be registered, and whether a requested one is among those registered.

Comparison is by parsed parts, so host case and a default port do not matter. A `*` in a registered URI stands for part
of one host label or for any characters of the path, never across a dot of the host.
"""

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import urlsplit

from applications.clients import Client
from common.domains import canonical_domain

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_CUSTOM_SCHEME = re.compile(r"[a-z][\d+_a-z-]*(?:\.[\d+_a-z-]+)*:")
# A browser would run or open these instead of handing them to an application.
_ACTIVE_SCHEMES = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source"})
# White space, controls, and the backslash that browsers read as a slash.
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9._*-]+|[0-9a-f:.]+", re.ASCII)
_LOOPBACK_URI = re.compile(
    r"(?P<host>http://(?:localhost|127\.0\.0\.1|\[::1\]))(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?][^\x00-\x20\x7f\\#]*|)",
    re.ASCII,
)
_PORTS = range(1, 65_536)
_DOT_SEGMENT = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


class _WebUri(NamedTuple):
    """An http(s) URI in its compared form; `port` is the effective one."""

    scheme: str
    host: str
    port: int
    path: str
    query: str
    fragment: str


def _parse_web(uri: str) -> _WebUri | None:
    if _UNSAFE.search(uri):
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    # As browsers do: an older rule would take `croß.example` for `cross.example`, and they visit the former.
    host = parts.hostname if parts.hostname.isascii() else canonical_domain(parts.hostname)
    if not _HOST.fullmatch(host) or _DOT_SEGMENT.search(parts.path):
        return None
    effective = _DEFAULT_PORTS[parts.scheme] if port is None else port
    return _WebUri(parts.scheme, host, effective, parts.path or "/", parts.query, parts.fragment)


def _scheme(uri: str) -> str:
    return uri.partition(":")[0].lower()


def is_registrable(uri: str) -> bool:
    """Whether an application may register this redirect or post-logout redirect URI.

    http(s), with `*` in the path or in a host that has a dot, or a custom scheme that no browser acts upon itself;
    never with a fragment (RFC 6749 section 3.1.2).
    """
    if _UNSAFE.search(uri) or "#" in uri:
        return False
    if _scheme(uri) not in _DEFAULT_PORTS:
        return bool(_CUSTOM_SCHEME.match(uri)) and _scheme(uri) not in _ACTIVE_SCHEMES and "*" not in uri
    parsed = _parse_web(uri)
    if parsed is None or "*" in parsed.query:
        return False
    return "*" not in parsed.host or "." in parsed.host


def is_registrable_by_client(uri: str) -> bool:
    """Whether a client that nobody here has checked may name this URI: one place, not a pattern of them.

    Unencrypted http leads to the user's own device alone (RFC 8252 section 7.3).
    """
    if "*" in uri or not is_registrable(uri):
        return False
    parsed = _parse_web(uri)
    return parsed is None or parsed.scheme == "https" or parsed.host in _LOOPBACK


def _host_matches(pattern: str, host: str) -> bool:
    if "*" not in pattern:
        return pattern == host
    labels, found = pattern.split("."), host.split(".")
    if len(labels) != len(found) or len(labels) < 3 or any("*" in label for label in labels[-2:]):
        return False
    return all(_matches(label, part, at_least=1) for label, part in zip(labels, found, strict=True))


def _matches(pattern: str, text: str, *, at_least: int = 0) -> bool:
    """Whether `text` is `pattern` with each `*` standing for `at_least` characters or more.

    Each part is looked for once, from left to right: as a regular expression, many `*` would take for ever.
    """
    if "*" not in pattern:
        return pattern == text
    first, *middle, last = re.split(r"\*+", pattern)
    if not text.startswith(first):
        return False
    position = len(first) + at_least
    for part in middle:
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part) + at_least
    return len(text) - len(last) >= position and text.endswith(last)


def _web_uri_matches(registered: _WebUri, requested: _WebUri, *, any_loopback_port: bool) -> bool:
    loopback = any_loopback_port and requested.scheme == "http" and requested.host in _LOOPBACK
    return (
        registered.scheme == requested.scheme
        and (registered.port == requested.port or loopback)
        and registered.query == requested.query
        and registered.fragment == requested.fragment
        and _host_matches(registered.host, requested.host)
        and _matches(registered.path, requested.path)
    )


def matches_any(registered: Collection[str], requested: str, *, any_loopback_port: bool = False) -> bool:
    """Whether a requested URI is one of those registered.

    `any_loopback_port` admits every port of a registered http loopback address (RFC 8252 section 7.3).
    """
    if "*" in requested or _UNSAFE.search(requested):
        return False
    if _scheme(requested) not in _DEFAULT_PORTS:
        scheme, colon, rest = requested.partition(":")
        return f"{scheme.lower()}{colon}{rest}" in registered
    wanted = _parse_web(requested)
    if wanted is None:
        return False
    parsed = (_parse_web(uri) for uri in registered if _scheme(uri) in _DEFAULT_PORTS)
    return any(uri and _web_uri_matches(uri, wanted, any_loopback_port=any_loopback_port) for uri in parsed)


def _is_written_alike(listed: Collection[str], requested: str) -> bool:
    """Whether a URI is in the list character by character; the port of an http loopback address may be any other."""
    if requested in listed:
        return True
    wanted = _LOOPBACK_URI.fullmatch(requested)
    if wanted is None or int(wanted["port"] or 1) not in _PORTS:
        return False
    found = (_LOOPBACK_URI.fullmatch(uri) for uri in listed)
    return any(uri and (uri["host"], uri["rest"]) == (wanted["host"], wanted["rest"]) for uri in found)


def is_redirect_uri_allowed(client: Client, uri: str) -> bool:
    """Whether the client may be sent back to this URI after authorization.

    One of a client's document is compared as it is written (Client ID Metadata Document section 8.1).
    """
    if client.has_document:
        return _is_written_alike(client.redirect_uris, uri)
    return matches_any(client.redirect_uris, uri, any_loopback_port=client.is_native)


def is_post_logout_redirect_uri_allowed(client: Client, uri: str) -> bool:
    """Whether the browser may be sent to this URI after signing out; the loopback rule does not hold here."""
    if client.has_document:
        return uri in client.post_logout_redirect_uris
    return matches_any(client.post_logout_redirect_uris, uri)


def find_only_redirect_uri(client: Client) -> str | None:
    """Return the redirect URI of a client that has registered exactly one, and a concrete one."""
    if len(client.redirect_uris) != 1 or "*" in client.redirect_uris[0]:
        return None
    return client.redirect_uris[0]


def is_origin_registered(client: Client, origin: str) -> bool:
    """Whether an origin is that of a registered redirect URI, host wildcards included."""
    wanted = _parse_web(origin)
    if wanted is None or "*" in origin or wanted.path != "/" or wanted.query or wanted.fragment:
        return False
    for uri in client.redirect_uris:
        registered = _parse_web(uri)
        if (
            registered
            and (registered.scheme, registered.port) == (wanted.scheme, wanted.port)
            and _host_matches(registered.host, wanted.host)
        ):
            return True
    return False
