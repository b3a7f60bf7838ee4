"""Where the request under way comes from, for the audit log and sign-in records, and its headers for adaptive MFA."""

from contextvars import ContextVar
from typing import NamedTuple

from django.http import HttpRequest


class RequestOrigin(NamedTuple):
    """Client address and user agent; both empty outside of a request."""

    ip: str = ""
    user_agent: str = ""


_request: ContextVar[HttpRequest | None] = ContextVar("gatehouse_request", default=None)


def set_request(request: HttpRequest) -> None:
    """Remember the request for the rest of this context."""
    _request.set(request)


def request_origin() -> RequestOrigin:
    """Return where the current request comes from."""
    request = _request.get()
    if request is None:
        return RequestOrigin()
    return RequestOrigin(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_USER_AGENT", "")[:512])


def request_header(name: str) -> str:
    """Return a header of the current request, at most 512 characters of it; empty if there is none."""
    request = _request.get()
    value = "" if request is None else request.META.get(f"HTTP_{name.upper().replace('-', '_')}", "")
    return str(value)[:512]
