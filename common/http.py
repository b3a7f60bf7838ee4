"""Outbound HTTP. Every request that leaves the house goes through `fetch`.

A tenant may choose the address, so: only http(s), no private or loopback destination unless `ALLOW_PRIVATE_ADDRESSES`
or the host is one of `ALLOWED_PRIVATE_HOSTS`, the address that was checked is the one connected to, no redirects, a
time-out and a size cap.
"""

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from django.conf import settings


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


def _checked_address(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OutboundRequestError(f"cannot resolve {host}") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not (settings.ALLOW_PRIVATE_ADDRESSES or host in settings.ALLOWED_PRIVATE_HOSTS):
        for address in addresses:
            if not ipaddress.ip_address(address.split("%")[0]).is_global:
                raise OutboundRequestError(f"{host} resolves to an address that is not public")
    return addresses[0]


def assert_public_host(host: str, port: int) -> None:
    """Raise `OutboundRequestError` where a protocol other than HTTP must not connect either."""
    _checked_address(host, port)


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
) -> Response:
    """Send one request and return its answer, whatever its status.

    `timeout` is in seconds for each phase. Raises `OutboundRequestError` for a refused address, a network failure, a
    time-out or an answer over `max_bytes`. Redirects are returned, not followed.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OutboundRequestError("only http and https addresses are allowed")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _checked_address(parts.hostname, port)
    # Connect to the checked address, so that a second DNS answer cannot lead elsewhere; TLS still verifies the name.
    literal = f"[{address}]" if ":" in address else address
    target = parts._replace(netloc=f"{literal}:{port}").geturl()
    sent_headers = {**(headers or {}), "Host": parts.netloc.rpartition("@")[2]}
    try:
        with (
            httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client,
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
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > max_bytes:
                    raise OutboundRequestError("the answer is too large")
            return Response(answer.status_code, dict(answer.headers), bytes(body))
    except httpx.HTTPError as error:
        raise OutboundRequestError(f"the request failed: {type(error).__name__}") from error
