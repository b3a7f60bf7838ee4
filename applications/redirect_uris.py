"""Redirect URIs: which may be registered, and whether a requested one is among those registered.

Comparison is by the parts that a URL parser finds, so host case, a default port, and letters or their escapes do not
matter. A `*` in a registered URI stands for part of one host label, below a domain that somebody has registered, or for
any characters of the path, never across a dot of the host.
"""

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from applications.clients import Client
from applications.models.application import ApplicationType
from applications.uri_patterns import host_matches, is_below_registered_domain, text_matches
from applications.uri_schemes import is_app_scheme, is_unverified_app_scheme
from common.ascii_urls import normalize_escapes, to_ascii_url

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# White space, controls, and the backslash that browsers read as a slash.
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9._*-]+|[0-9a-f:.]+", re.ASCII)
_LOOPBACK_URI = re.compile(
    r"(?P<host>http://(?:localhost|127\.0\.0\.1|\[::1\]))(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?][^\x00-\x20\x7f\\#]*|)",
    re.ASCII,
)
_PORTS = range(1, 65_536)
# A segment that some server steps up for, with the parameters that some strip from it first (RFC 3986 section 3.3).
_DOT_SEGMENT = re.compile(r"(?:^|[/\\])\.{1,2}(?:;[^/\\]*)?(?:[/\\]|$)")
# How often a path may be escaped, one escape in another, before it is refused for that.
_MOST_ESCAPES = 3


class _WebUri(NamedTuple):
    """An http(s) URI in its compared form; `port` is the effective one."""

    scheme: str
    host: str
    port: int
    path: str
    query: str
    fragment: str


def _leaves_its_folder(path: str) -> bool:
    """Whether a path has a dot segment, in any form that a server behind a proxy may read as one."""
    for _ in range(_MOST_ESCAPES):
        if _DOT_SEGMENT.search(path):
            return True
        path, before = unquote(path, errors="replace"), path
        if path == before:
            return False
    return True


def _parse_web(uri: str) -> _WebUri | None:
    if _UNSAFE.search(uri):
        return None
    uri = to_ascii_url(uri)
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    if not _HOST.fullmatch(parts.hostname) or _leaves_its_folder(parts.path):
        return None
    effective = _DEFAULT_PORTS[parts.scheme] if port is None else port
    path, query = normalize_escapes(parts.path), normalize_escapes(parts.query)
    return _WebUri(parts.scheme, parts.hostname, effective, path or "/", query, parts.fragment)


def _scheme(uri: str) -> str:
    return uri.partition(":")[0].lower()


def is_registrable(uri: str) -> bool:
    """Whether an application may register this redirect or post-logout redirect URI.

    http(s), with `*` in the path or below a registered domain, or a scheme of the app's own; never with a fragment
    (RFC 6749 section 3.1.2).
    """
    if _UNSAFE.search(uri) or "#" in uri:
        return False
    if _scheme(uri) not in _DEFAULT_PORTS:
        return is_app_scheme(uri) and "*" not in uri
    parsed = _parse_web(uri)
    if parsed is None or "*" in parsed.query:
        return False
    return "*" not in parsed.host or is_below_registered_domain(parsed.host)


def is_registrable_by_client(uri: str) -> bool:
    """Whether a client that nobody here has checked may name this URI: one place, not a pattern of them.

    Unencrypted http leads to the user's own device alone (RFC 8252 section 7.3), and a scheme tells whose it is.
    """
    if "*" in uri or not is_registrable(uri):
        return False
    parsed = _parse_web(uri)
    if parsed is None:
        return is_unverified_app_scheme(uri)
    return parsed.scheme == "https" or parsed.host in _LOOPBACK


def _web_uri_matches(registered: _WebUri, requested: _WebUri, *, any_loopback_port: bool) -> bool:
    loopback = any_loopback_port and requested.scheme == "http" and requested.host in _LOOPBACK
    return (
        registered.scheme == requested.scheme
        and (registered.port == requested.port or loopback)
        and registered.query == requested.query
        and registered.fragment == requested.fragment
        and host_matches(registered.host, requested.host)
        and text_matches(registered.path, requested.path)
    )


def matches_any(registered: Collection[str], requested: str, *, any_loopback_port: bool = False) -> bool:
    """Whether a requested URI is one of those registered.

    `any_loopback_port` admits every port of a registered http loopback address (RFC 8252 section 7.3).
    """
    if "*" in requested or _UNSAFE.search(requested):
        return False
    if _scheme(requested) not in _DEFAULT_PORTS:
        scheme, colon, rest = to_ascii_url(requested).partition(":")
        wanted_uri = f"{scheme.lower()}{colon}{rest}"
        return any(to_ascii_url(uri) == wanted_uri for uri in registered)
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


def find_home(client: Client) -> str:
    """Return the address at which an application begins, if its redirect URIs agree on one origin; empty otherwise.

    https comes before http, which as a rule is a developer's machine. A client that nobody here has checked has none.
    """
    if client.is_unverified or client.type == ApplicationType.SAML:
        return ""
    parsed = [uri for uri in map(_parse_web, client.redirect_uris) if uri and "*" not in uri.host]
    for scheme, port in (("https", 443), ("http", 80)):
        origins = {(uri.host, uri.port) for uri in parsed if uri.scheme == scheme}
        if origins:
            host, chosen = origins.pop()
            name = f"[{host}]" if ":" in host else host
            return "" if origins else f"{scheme}://{name}{'' if chosen == port else f':{chosen}'}/"
    return ""


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
            and host_matches(registered.host, wanted.host)
        ):
            return True
    return False
