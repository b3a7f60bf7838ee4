"""Outbound HTTP. Every request that leaves the house goes through `fetch`.

A tenant may choose the address, so: only http(s), no private or loopback destination unless `ALLOW_PRIVATE_ADDRESSES`
or the host is one of `ALLOWED_PRIVATE_HOSTS`, the address that was checked is the one connected to, no redirects, a
time-out for each phase, one for the whole, and a size cap. Where anybody may choose it, neither setting counts.
"""

import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from common.deadlines import cut_off_after
from common.domains import canonical_domain
from common.reachable_addresses import is_globally_reachable
from common.tls import client_context

# Seconds. A receiver that sends a byte now and then keeps within every phase's time-out for ever.
LONGEST_EXCHANGE = 60.0

# A name in DNS as resolvers take it, and an address literal: labels of 1 to 63 characters (RFC 1035 section 2.3.4).
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_-]{1,63})(?:\.[a-z0-9_-]{1,63})*|[0-9a-f:.]+", re.ASCII)
_PORTS = range(1, 65_536)

# The names of this machine; a name that merely resolves to it is none.
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
# How many addresses of a host are tried: a server on this machine may listen on one of its two.
_MOST_ADDRESSES = 4


class OutboundRequestError(Exception):
    """The request was refused or did not complete; the text says why and is safe to show to a tenant's developer."""


class RefusedAddressError(OutboundRequestError):
    """The address is none, or nobody may connect to it: another try leads to the same."""


class HostNotFoundError(OutboundRequestError):
    """The host's name could not be resolved."""


class TimedOutError(OutboundRequestError):
    """The other side took too long."""


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers (lower-case names) and body of an answer, of any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def is_host(host: str) -> bool:
    """Whether the text is a host name or an IP address that a resolver may be asked for."""
    return bool(_HOST.fullmatch(canonical_domain(host)))


def _resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host; whatever is no host name, or no port, is refused before a resolver sees it."""
    if not is_host(host) or port not in _PORTS:
        raise RefusedAddressError("this is no address")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        # A resolver's codec raises `UnicodeError` for a label it cannot encode.
        raise HostNotFoundError(f"cannot resolve {host}") from error
    return [str(entry[4][0]) for entry in found]


def _may_be_private(host: str, addresses: Sequence[str], *, for_anybody: bool) -> bool:
    if not for_anybody:
        return settings.ALLOW_PRIVATE_ADDRESSES or host in settings.ALLOWED_PRIVATE_HOSTS
    is_loopback = host in LOOPBACK_HOSTS and all(ip_address(address).is_loopback for address in addresses)
    return settings.UNVERIFIED_CLIENTS_ON_LOOPBACK and is_loopback


def _checked_addresses(host: str, port: int, *, for_anybody: bool = False) -> Sequence[str]:
    host = canonical_domain(host)
    addresses = list(dict.fromkeys(_resolve(host, port)))
    if not (all(map(is_globally_reachable, addresses)) or _may_be_private(host, addresses, for_anybody=for_anybody)):
        raise RefusedAddressError(f"{host} resolves to an address that is not public")
    return addresses[:_MOST_ADDRESSES]


def checked_address(host: str, port: int) -> str:
    """Resolve a host for a protocol other than HTTP and return the address to connect to.

    Connect to this and not to the name: a second DNS answer could lead elsewhere. Raises `OutboundRequestError` where
    nobody may connect.
    """
    return _checked_addresses(host, port)[0]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


# Reading the authorities takes longer than many a request.
_authorities = cache(client_context)


@contextmanager
def _first_answer(
    client: httpx.Client, method: str, targets: Sequence[str], **options: Any
) -> Iterator[httpx.Response]:
    """Send a request to the first of a host's addresses that takes the connection."""
    *others, last = targets
    with ExitStack() as stack:
        for target in others:
            with suppress(httpx.ConnectError):
                answer = stack.enter_context(client.stream(method, target, **options))
                break
        else:
            answer = stack.enter_context(client.stream(method, last, **options))
        yield answer


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
    cuts_off: bool = False,
) -> Response:
    """Send one request and return its answer, whatever its status.

    `timeout` is in seconds for each phase, `longest` for the whole, by default a minute. Raises `OutboundRequestError`
    for a refused address, a network failure, a time-out or an answer over `max_bytes`. Redirects are returned, not
    followed. With `for_anybody` it is no developer who chose the address, and it must be a public one, whatever the
    settings allow developers; `UNVERIFIED_CLIENTS_ON_LOOPBACK` makes an exception for this machine. With `cuts_off` an
    answer over `max_bytes` is no failure: the rest of it is not read.
    """
    try:
        parts = urlsplit(url)
        default = 443 if parts.scheme == "https" else 80
        port = default if parts.port is None else parts.port
    except ValueError as error:
        raise RefusedAddressError("this is no address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RefusedAddressError("only http and https addresses are allowed")
    # The name that DNS, the certificate and the Host header have (RFC 5890, RFC 9110 section 7.2).
    host = canonical_domain(parts.hostname)
    addresses = _checked_addresses(host, port, for_anybody=for_anybody)
    # Connect to a checked address, so that a second DNS answer cannot lead elsewhere; TLS still verifies the name.
    targets = [parts._replace(netloc=f"{_bracketed(address)}:{port}").geturl() for address in addresses]
    authority = _bracketed(host) if port == default else f"{_bracketed(host)}:{port}"
    # An answer counts as it comes: a small one could be unpacked to any size.
    sent_headers = {**(headers or {}), "Host": authority, "Accept-Encoding": "identity"}
    try:
        with (
            httpx.Client(verify=_authorities(), timeout=timeout, follow_redirects=False, trust_env=False) as client,
            cut_off_after(LONGEST_EXCHANGE if longest is None else longest, client.close) as is_late,
            _first_answer(
                client,
                method,
                targets,
                headers=sent_headers,
                json=json,
                data=data,
                content=content,
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            body = bytearray()
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > max_bytes and cuts_off:
                    break
                if len(body) > max_bytes:
                    raise OutboundRequestError("the answer is too large")
                if is_late.is_set():
                    raise TimedOutError("the answer takes too long")
            return Response(answer.status_code, dict(answer.headers), bytes(body[:max_bytes]))
    except httpx.TimeoutException as error:
        raise TimedOutError(f"the request failed: {type(error).__name__}") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RuntimeError) as error:
        # The last two: a header that cannot be sent, and a connection that was closed while it was read.
        raise OutboundRequestError(f"the request failed: {type(error).__name__}") from error
