"""Where the request under way comes from, for the audit log and sign-in records."""

from contextvars import ContextVar
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest


class RequestOrigin(NamedTuple):
    """Client address and user agent; both empty outside of a request."""

    ip: str = ""
    user_agent: str = ""


_request: ContextVar[HttpRequest | None] = ContextVar("gatehouse_request", default=None)


def set_request(request: HttpRequest) -> None:
    """Remember the request for the rest of this context."""
    _request.set(request)


def client_address(request: HttpRequest) -> str:
    """Return the client's address.

    Every trusted proxy appends to `X-Forwarded-For` whom it was called by, so the hop that counts is as far from the
    end as there are proxies. What stands before it is what the caller says, and counts for nothing.
    """
    if settings.TRUST_PROXY_HEADERS and (forwarded := request.headers.get("X-Forwarded-For")):
        hops = forwarded.split(",")
        return _without_port(hops[-min(settings.TRUSTED_PROXIES, len(hops))].strip()[:64])
    return str(request.META.get("REMOTE_ADDR", ""))


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def request_origin() -> RequestOrigin:
    """Return where the current request comes from."""
    request = _request.get()
    if request is None:
        return RequestOrigin()
    return RequestOrigin(client_address(request), request.headers.get("User-Agent", "")[:512])
