"""The middleware of every request, and the groups of it that pages and the console add."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string

from common.bodies import refuse_large_body
from common.request_context import set_request

GetResponse = Callable[[HttpRequest], HttpResponseBase]

MACHINE_PREFIXES = ("/oidc/", "/api/", "/healthz", "/readyz", "/.well-known/")
CONSOLE_PREFIX = "/console"

logger = logging.getLogger("gatehouse.request")


def is_machine_path(path: str) -> bool:
    """Whether a path is called by programs: no CSRF, no page languages, no session of Django's.

    Ask with `request.path`: the console rewrites `path_info`.
    """
    return path.startswith(MACHINE_PREFIXES)


class MiddlewareGroup:
    """Middleware that runs for some addresses alone, in order and with its `process_view` hooks, as Django would."""

    members: Sequence[str] = ()

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._view_hooks: list[Callable[..., Any]] = []
        chain: Any = get_response
        for name in reversed(self.members):
            member = import_string(name)(chain)
            if hook := getattr(member, "process_view", None):
                self._view_hooks.insert(0, hook)
            chain = convert_exception_to_response(member)
        self._chain = chain

    def applies_to(self, request: HttpRequest) -> bool:
        """Whether the group runs for this request."""
        raise NotImplementedError

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return cast(HttpResponseBase, (self._chain if self.applies_to(request) else self.get_response)(request))

    def process_view(self, request: HttpRequest, *arguments: Any) -> HttpResponseBase | None:
        if not self.applies_to(request):
            return None
        return next((answer for hook in self._view_hooks if (answer := hook(request, *arguments)) is not None), None)


class PageMiddleware(MiddlewareGroup):
    """`PAGE_MIDDLEWARE`, for everything that a person opens in a browser; programs pay for none of it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.members = settings.PAGE_MIDDLEWARE
        super().__init__(get_response)

    def applies_to(self, request: HttpRequest) -> bool:
        return not is_machine_path(request.path)


class ConsoleGroupMiddleware(MiddlewareGroup):
    """`CONSOLE_MIDDLEWARE`: end users' pages have no session of Django's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.members = settings.CONSOLE_MIDDLEWARE
        super().__init__(get_response)

    def applies_to(self, request: HttpRequest) -> bool:
        return request.path.startswith(CONSOLE_PREFIX)


class ReadableRequestMiddleware:
    """Refuses a request whose body is too large (413), or whose charset, NUL or query no view could read (400)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "is_unreadable", False):
            raise BadRequest("unknown charset")
        refuse_large_body(request)
        if request.META.get("QUERY_STRING", "").count("&") >= (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or 0):
            request.META["QUERY_STRING"] = ""
            request.environ["QUERY_STRING"] = ""  # type: ignore[attr-defined]
            raise BadRequest("too many query fields")
        # The database stores no NUL and fails at one; what programs call answers it with errors of its own.
        if "%00" in request.META.get("QUERY_STRING", "") and not is_machine_path(request.path):
            raise BadRequest("NUL in the query")
        return self.get_response(request)


def drop_type_of_nothing(response: HttpResponseBase) -> None:
    """Take the content type from an answer without content, which has none (RFC 9110 section 8.3)."""
    if not response.streaming and not cast(HttpResponse, response).content:
        response.headers.pop("Content-Type", None)


class SecurityHeadersMiddleware:
    """Puts the headers on every answer that a view did not set itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.headers = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if hsts := getattr(settings, "SECURE_HSTS_SECONDS", 0):
            self.headers["Strict-Transport-Security"] = f"max-age={hsts}; includeSubDomains"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        drop_type_of_nothing(response)
        return response


class RequestLogMiddleware:
    """Remembers the request for the audit log, and writes one structured line about it, never a parameter."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        set_request(request)
        if not logger.isEnabledFor(logging.INFO):
            return self.get_response(request)
        started = time.perf_counter()
        response = self.get_response(request)
        logger.info(
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - started) * 1000, 1),
            },
        )
        return response
