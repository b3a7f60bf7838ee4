"""Middleware for pages, kept off machine paths, and the headers that every answer carries."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.middleware.common import CommonMiddleware as DjangoCommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware as DjangoCsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware as DjangoLocaleMiddleware

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


class _PagesOnly:
    """Skips a middleware's `__call__`, and its hooks, on machine paths."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_machine_path(request.path):
            passed: HttpResponseBase = self.get_response(request)
            return passed
        response: HttpResponseBase = super().__call__(request)  # type: ignore[misc]
        return response

    def process_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        hook = getattr(super(), "process_view", None)
        return None if hook is None or is_machine_path(request.path) else hook(request, *args, **kwargs)


class _ConsoleOnly(_PagesOnly):
    """Skips a middleware outside of the console: end users' pages have no session of Django's."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(CONSOLE_PREFIX):
            passed: HttpResponseBase = self.get_response(request)
            return passed
        return super().__call__(request)


class LocaleMiddleware(_PagesOnly, DjangoLocaleMiddleware):
    """Chooses a page's language."""


class SessionMiddleware(_ConsoleOnly, DjangoSessionMiddleware):
    """The console's session."""


class CommonMiddleware(_PagesOnly, DjangoCommonMiddleware):
    """Content length and the like."""


class CsrfViewMiddleware(_PagesOnly, DjangoCsrfViewMiddleware):
    """Guards every form post of a page."""


class AuthenticationMiddleware(_ConsoleOnly, DjangoAuthenticationMiddleware):
    """The console's signed-in developer."""


class MessageMiddleware(_ConsoleOnly, DjangoMessageMiddleware):
    """The console's one-time notices."""


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
