"""Cross-origin access to the machine endpoints, and the frame each of them runs in."""

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from applications.clients import Client
from applications.redirect_uris import is_origin_registered
from common.oauth.errors import OAuthError, invalid_request
from common.oauth.rendering import render_error
from tenants.hosts import origin_of_request

View = Callable[[HttpRequest], HttpResponseBase]

_MAX_AGE = "3600"


class OriginNotAllowedError(OAuthError):
    """The page that calls is of an origin the client has not registered; it may not read the answer."""

    def __init__(self, origin: str, client: Client) -> None:
        super().__init__("invalid_request", f"origin {origin} not allowed for client: {client.id}", status=400)


def assert_origin_allowed(request: HttpRequest, client: Client) -> None:
    """Refuse a call from a page whose origin is not the client's or the provider's own."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None or origin == origin_of_request(request) or origin in client.cors_allowed_origins:
        return
    if not is_origin_registered(client, origin):
        raise OriginNotAllowedError(origin, client)


def unknown_route(request: HttpRequest) -> HttpResponse:
    """404 for an address or a method that is not served here."""
    description = f"unrecognized route or not allowed method ({request.method} on {request.path})"
    return render_error(request, invalid_request(description, status=404))


def _preflight(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    response = HttpResponse(status=204, headers={"Allow": ", ".join((*methods, "OPTIONS"))})
    patch_vary_headers(response, ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"])
    origin = request.headers.get("Origin")
    if origin and "Access-Control-Request-Method" in request.headers:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = ",".join(methods)
        response["Access-Control-Max-Age"] = _MAX_AGE
        if wanted := request.headers.get("Access-Control-Request-Headers"):
            response["Access-Control-Allow-Headers"] = wanted
    return response


def machine_endpoint(*methods: str) -> Callable[[View], View]:
    """Serve a view for these methods, to pages of any origin unless it raises `OriginNotAllowedError`.

    Answers preflights, other methods (404) and every failure in the OAuth form; never allows credentials.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def served(request: HttpRequest) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return _preflight(request, methods)
            method = "GET" if request.method == "HEAD" else request.method
            if method not in methods:
                return unknown_route(request)
            is_refused = False
            try:
                response = view(request)
            except Exception as error:  # noqa: BLE001 - the edge of the room: whatever happened is rendered
                response = render_error(request, error)
                is_refused = isinstance(error, OriginNotAllowedError)
            # Not `request.headers`, which would be made of all of them for this one.
            if (origin := request.META.get("HTTP_ORIGIN")) is not None:
                patch_vary_headers(response, ["Origin"])
                if not is_refused:
                    response.headers["Access-Control-Allow-Origin"] = origin
                    response.headers["Access-Control-Expose-Headers"] = "WWW-Authenticate"
            return response

        return served

    return decorate
