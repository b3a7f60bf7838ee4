"""The middleware of every request."""

import time
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from common.bodies import refuse_large_body
from common.pipeline import is_machine_path
from common.request_context import set_request
from common.request_log import log_answer

GetResponse = Callable[[HttpRequest], HttpResponseBase]


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


class SecurityHeadersMiddleware:
    """Puts the headers on every answer that a view did not set itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        headers = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if hsts := getattr(settings, "SECURE_HSTS_SECONDS", 0):
            headers["Strict-Transport-Security"] = f"max-age={hsts}; includeSubDomains"
        self._pairs = [(name.lower(), (name, value)) for name, value in headers.items()]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # Not by the response's own methods, which convert every name and value they are given.
        own = response.headers._store
        for key, pair in self._pairs:
            own.setdefault(key, pair)
        # An answer without content has no type (RFC 9110 section 8.3).
        if not response.streaming and not cast(HttpResponse, response).content:
            response.headers.pop("Content-Type", None)
        return response


class RequestLogMiddleware:
    """Remembers the request for the audit log, and writes its line in the request log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        set_request(request)
        started = time.perf_counter()
        response = self.get_response(request)
        log_answer(request.method or "", request.path, response.status_code, started=started)
        return response
