"""Outbound HTTP. Every request that leaves the house goes through `fetch`.

A tenant may choose the address, so: only http(s), no private or loopback destination unless `ALLOW_PRIVATE_ADDRESSES`
or the host is one of `ALLOWED_PRIVATE_HOSTS`, the address that was checked is the one connected to, no redirects, a
time-out for each phase, one for the whole, and a size cap.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Event, Timer
from urllib.parse import urlsplit

import httpx
from django.conf import settings

# Seconds. A receiver that sends a byte now and then keeps within every phase's time-out for ever.
LONGEST_EXCHANGE = 60.0

# IPv6 addresses that a network may turn into the IPv4 address in their last 32 bits (RFC 6052, RFC 4291 2.5.5.1).
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


class OutboundRequestError(Exception):
    """The request was refused or did not complete; the text says why and is safe to show to a tenant's developer."""


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers (lower-case names) and body of an answer, of any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to by mapping, translation or a tunnel."""
    if any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.split("%")[0])
    carried = _carried(address) if isinstance(address, ipaddress.IPv6Address) else None
    return address.is_global and not address.is_multicast and (carried is None or carried.is_global)


def _checked_address(host: str, port: int, *, for_anybody: bool = False) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OutboundRequestError(f"cannot resolve {host}") from error
    addresses = [str(entry[4][0]) for entry in found]
    is_listed = host in settings.ALLOWED_PRIVATE_HOSTS and not for_anybody
    if not (settings.ALLOW_PRIVATE_ADDRESSES or is_listed):
        for address in addresses:
            if not _is_public(address):
                raise OutboundRequestError(f"{host} resolves to an address that is not public")
    return addresses[0]


def checked_address(host: str, port: int) -> str:
    """Resolve a host for a protocol other than HTTP and return the address to connect to.

    Connect to this and not to the name: a second DNS answer could lead elsewhere. Raises `OutboundRequestError` where
    nobody may connect.
    """
    return _checked_address(host, port)


@cache
def _authorities() -> ssl.SSLContext:
    """By whom a server's certificate may be issued: a public authority, or one of `CA_CERTIFICATES`."""
    context = httpx.create_ssl_context(trust_env=False)
    if settings.CA_CERTIFICATES:
        context.load_verify_locations(cafile=settings.CA_CERTIFICATES)
    return context


@contextmanager
def _bounded(client: httpx.Client, seconds: float) -> Iterator[Event]:
    """Close the client's connection once the whole takes too long; the event tells that this happened."""
    is_late = Event()

    def give_up() -> None:
        is_late.set()
        client.close()

    timer = Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    json: object = None,
    data: Mapping[str, str] | None = None,
    content: bytes | None = None,
    timeout: float = 10.0,
    max_bytes: int = 1_000_000,
    longest: float | None = None,
    for_anybody: bool = False,
) -> Response:
    """Send one request and return its answer, whatever its status.

    `timeout` is in seconds for each phase, `longest` for the whole, by default a minute. Raises `OutboundRequestError`
    for a refused address, a network failure, a time-out or an answer over `max_bytes`. Redirects are returned, not
    followed. With `for_anybody` it is no developer who chose the address, and `ALLOWED_PRIVATE_HOSTS` does not count.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise OutboundRequestError("this is no address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OutboundRequestError("only http and https addresses are allowed")
    address = _checked_address(parts.hostname, port, for_anybody=for_anybody)
    # Connect to the checked address, so that a second DNS answer cannot lead elsewhere; TLS still verifies the name.
    literal = f"[{address}]" if ":" in address else address
    target = parts._replace(netloc=f"{literal}:{port}").geturl()
    # An answer counts as it comes: a small one could be unpacked to any size.
    sent_headers = {**(headers or {}), "Host": parts.netloc.rpartition("@")[2], "Accept-Encoding": "identity"}
    try:
        with (
            httpx.Client(verify=_authorities(), timeout=timeout, follow_redirects=False, trust_env=False) as client,
            _bounded(client, LONGEST_EXCHANGE if longest is None else longest) as is_late,
            client.stream(
                method,
                target,
                headers=sent_headers,
                json=json,
                data=data,
                content=content,
                extensions={"sni_hostname": parts.hostname},
            ) as answer,
        ):
            body = bytearray()
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > max_bytes:
                    raise OutboundRequestError("the answer is too large")
                if is_late.is_set():
                    raise OutboundRequestError("the answer takes too long")
            return Response(answer.status_code, dict(answer.headers), bytes(body))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RuntimeError) as error:
        # The last two: a header that cannot be sent, and a connection that was closed while it was read.
        raise OutboundRequestError(f"the request failed: {type(error).__name__}") from error
