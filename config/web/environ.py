"""The WSGI environment (PEP 3333) of a request that the server has read the head of."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Protocol


class Headers(Protocol):
    """The headers of a request, names in lower case; one that came several times is there several times."""

    def items(self) -> Iterable[tuple[str, str]]: ...


class Scope(Protocol):
    """What granian says of a request. `path` is decoded; `client` and `server` are an address and a port."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> Headers: ...


class HeaderTooLongError(Exception):
    """A header that is looked things up by is longer than its kind can be."""


_CONSTANTS = MappingProxyType(
    {
        "SCRIPT_NAME": "",
        "wsgi.errors": sys.stderr,
        "wsgi.multiprocess": True,
        "wsgi.multithread": True,
        "wsgi.run_once": False,
        "wsgi.version": (1, 0),
    }
)
# A name in the DNS has at most 253 bytes, with a port 259; each proxy appends one entry to the others.
_BOUNDS = {
    "HTTP_HOST": 260,
    "HTTP_X_FORWARDED_HOST": 1024,
    "HTTP_X_FORWARDED_PROTO": 128,
    "HTTP_X_FORWARDED_FOR": 2048,
}
_SEPARATORS = {"HTTP_COOKIE": "; "}
# Callers make up names; the usual ones are spelled once.
_MOST_KEYS = 500
_keys = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def make_environ(scope: Scope) -> dict[str, Any]:
    """Return the environment without `wsgi.input`; raises `HeaderTooLongError`."""
    path = scope.path
    server, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        **_CONSTANTS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": path if path.isascii() else path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        key = _keys.get(name) or _key_of(name)
        if key in environ:
            environ[key] += _SEPARATORS.get(key, ",") + value
        else:
            environ[key] = value
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    # An underscore and a hyphen give one key: `X_Forwarded_For` would pass for what a proxy has written.
    environ.pop("", None)
    for key, most in _BOUNDS.items():
        if key in environ and len(environ[key]) > most:
            raise HeaderTooLongError(key)
    return environ


def _key_of(name: str) -> str:
    key = "" if "_" in name else "HTTP_" + name.upper().replace("-", "_")
    if len(_keys) < _MOST_KEYS:
        _keys[name] = key
    return key
