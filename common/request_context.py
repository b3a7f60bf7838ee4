"""The request under way: where it comes from, where it goes, its headers, and the sign-in journey it is part of."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.http import HttpRequest


class RequestOrigin(NamedTuple):
    """Client address and user agent; both empty outside of a request."""

    ip: str = ""
    user_agent: str = ""


_LONGEST_PATH = 256

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


class JourneyStep(NamedTuple):
    """A sign-in journey that the current request is part of, and the address it came to; both empty without one."""

    journey_id: str = ""
    path: str = ""


class Journey(NamedTuple):
    """A sign-in journey: its id, the client that it leads to, and what it is for; each is empty if unknown."""

    id: str = ""
    client_id: str = ""
    event: str = ""


class Call(NamedTuple):
    """Where the current request went: its route as in Django's patterns, the route's parameters, and the view."""

    method: str
    path: str
    route: str
    parameters: Mapping[str, str]
    view: Any


def note_journey(journey_id: str, *, client_id: str = "") -> None:
    """Let what is recorded in the rest of the current request belong to a journey; nothing outside of a request."""
    request = _request.get()
    if request is not None:
        request.journey_id = journey_id  # type: ignore[attr-defined]  # goes with the request
        request.journey_client_id = client_id  # type: ignore[attr-defined]  # goes with the request


def note_journey_event(event: str) -> None:
    """Say what the journey of the current request is for: `SignIn`, `Register` or `ForgotPassword`."""
    request = _request.get()
    if request is not None:
        request.journey_event = event  # type: ignore[attr-defined]  # goes with the request


def current_journey() -> Journey:
    """Return what was noted of the current request's journey."""
    request = _request.get()
    names = ("journey_id", "journey_client_id", "journey_event")
    return Journey(*(getattr(request, name, "") for name in names))


def current_call() -> Call | None:
    """Return where the current request went; `None` outside of one, and where no view was found for it."""
    request = _request.get()
    match = getattr(request, "resolver_match", None)
    if request is None or match is None:
        return None
    parameters = {name: str(value) for name, value in match.kwargs.items()}
    view = getattr(match.func, "view_class", None)
    return Call(request.method or "", request.path[:_LONGEST_PATH], match.route, parameters, view)


def current_step() -> JourneyStep:
    """Return the journey that was noted for the current request."""
    request = _request.get()
    journey_id = getattr(request, "journey_id", "")
    return JourneyStep(journey_id, request.path[:_LONGEST_PATH]) if request and journey_id else JourneyStep()


def request_header(name: str) -> str:
    """Return a header of the current request, at most 512 characters of it; empty if there is none."""
    request = _request.get()
    value = "" if request is None else request.META.get(f"HTTP_{name.upper().replace('-', '_')}", "")
    return str(value)[:512]


def request_parameter(name: str) -> str:
    """Return a parameter of the current request's address, at most 512 characters of it; empty if there is none."""
    request = _request.get()
    return "" if request is None else str(request.GET.get(name, ""))[:512]
