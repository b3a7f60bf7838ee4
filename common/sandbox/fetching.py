"""What a script may have fetched: requests to hosts that its tenant has named, checked here and sent by the parent.

A script writes what it likes into a request, and so may a process that it has taken over: nothing is believed.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from common.domains import canonical_domain
from common.http import OutboundRequestError, Response, fetch, is_host
from common.sandbox.process import Fetcher

# Seconds for a request, and for a phase of it. Bytes of an answer.
_LONGEST_EXCHANGE = 5.0
_TIMEOUT = 4.0
_MAX_BYTES = 256_000

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_LONGEST_URL = 2048
_LONGEST_BODY = 64 * 1024
_MOST_HEADERS = 30
_LONGEST_HEADER = 4096
# RFC 9110 sections 5.6.2 and 5.5: a token, and visible characters of ASCII with spaces between them.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}", re.ASCII)
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?|", re.ASCII)
# Visible ASCII: whatever else a URL has must be encoded.
_URL = re.compile(r"https?://[\x21-\x7e]+", re.ASCII)
# The transport's own (RFC 9110 section 7.6.1), and the host, which was checked.
_OWN_HEADERS = frozenset(
    {
        "accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
_PORTS = {"http": 80, "https": 443}


class CallRefusedError(Exception):
    """The request is not sent; the text says why, to the script."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that may be sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


def read_allowed_host(text: str) -> str:
    """Return the one form of `host` or `host:port`; raises `ValueError` for what is no such thing."""
    name, colon, port = text.rpartition(":") if re.search(r":\d+$", text) else (text, "", "")
    host = canonical_domain(name)
    if ":" in host or ".." in host or not is_host(host):
        raise ValueError(text)
    if not colon:
        return host
    if not 0 < int(port[:6]) < 65_536:
        raise ValueError(text)
    return f"{host}:{int(port[:6])}"


def fetcher(allowed_hosts: Collection[str]) -> Fetcher:
    """Return what answers a script's requests to these hosts: `{status, headers, body}`, or `{error}`."""

    def answer(call: Any, seconds: float) -> dict[str, Any]:
        try:
            return _as_answer(_send(read_call(call, allowed_hosts), seconds))
        except (CallRefusedError, OutboundRequestError) as error:
            return {"error": str(error)}

    return answer


def read_call(call: Any, allowed_hosts: Collection[str]) -> Call:
    """Return a request as it may be sent; raises `CallRefusedError`.

    A host without a port is allowed at the scheme's own. Plain http is for hosts that the installation lets be private.
    """
    if not isinstance(call, Mapping):
        raise CallRefusedError("This is no request.")
    method, url = call.get("method"), call.get("url")
    if not isinstance(method, str) or method.upper() not in _METHODS:
        raise CallRefusedError("The method must be GET, HEAD, POST, PUT, PATCH or DELETE.")
    if not isinstance(url, str) or len(url) > _LONGEST_URL or not _URL.fullmatch(url):
        raise CallRefusedError("The address must be an absolute URL.")
    _assert_allowed(url, allowed_hosts)
    return Call(method.upper(), url, _read_headers(call.get("headers")), _read_body(call.get("body")))


def _assert_allowed(url: str, allowed_hosts: Collection[str]) -> None:
    try:
        parts = urlsplit(url)
        port = _PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        raise CallRefusedError("The address must be an absolute URL.") from None
    if parts.username is not None or parts.password is not None or not parts.hostname:
        raise CallRefusedError("The address must be an absolute URL without credentials.")
    host = canonical_domain(parts.hostname)
    is_own_port = port == _PORTS[parts.scheme]
    if f"{host}:{port}" not in allowed_hosts and not (is_own_port and host in allowed_hosts):
        raise CallRefusedError("The host is not one of the allowed hosts.")
    if parts.scheme == "http" and not (settings.ALLOW_PRIVATE_ADDRESSES or host in settings.ALLOWED_PRIVATE_HOSTS):
        raise CallRefusedError("The address must begin with https://.")


def _read_headers(headers: Any) -> dict[str, str]:
    if not isinstance(headers, list) or len(headers) > _MOST_HEADERS:
        raise CallRefusedError("The headers must be an object with few members.")
    read: dict[str, str] = {}
    for pair in headers:
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
            raise CallRefusedError("The names and values of headers must be strings.")
        name, value = pair
        if not _HEADER_NAME.fullmatch(name) or len(value) > _LONGEST_HEADER or not _HEADER_VALUE.fullmatch(value):
            raise CallRefusedError("A header is not valid.")
        if name.lower() in _OWN_HEADERS:
            raise CallRefusedError(f"The header {name.lower()} cannot be set.")
        read[name.lower()] = value
    return {"user-agent": "Gatehouse", **read}


def _read_body(body: Any) -> bytes | None:
    if body is None:
        return None
    try:
        content = body.encode() if isinstance(body, str) else None
    except UnicodeError:
        content = None
    if content is None or len(content) > _LONGEST_BODY:
        raise CallRefusedError("The body must be a string of at most 64 KiB.")
    return content


def _send(call: Call, seconds: float) -> Response:
    longest = min(_LONGEST_EXCHANGE, seconds)
    return fetch(
        call.method,
        call.url,
        headers=call.headers,
        content=call.body,
        timeout=min(_TIMEOUT, longest),
        longest=longest,
        max_bytes=_MAX_BYTES,
    )


def _as_answer(response: Response) -> dict[str, Any]:
    return {"status": response.status, "headers": dict(response.headers), "body": response.text}
