"""The one way of a request: the middleware of its address, its view, and the middleware again.

`MIDDLEWARE` is what every request needs; pages add `PAGE_MIDDLEWARE`, the console `CONSOLE_MIDDLEWARE` too. Each of the
three chains is built once, and a request goes through one of them, chosen by its address.
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch, set_urlconf
from django.utils.log import log_response
from django.utils.module_loading import import_string

from common import routing

MACHINE_PREFIXES = (
    "/oidc/",
    "/api/",
    "/healthz",
    "/readyz",
    "/tls-ask",
    "/.well-known/",
    "/enterprise-sso/",
    "/files/",
)
CONSOLE_PREFIX = "/console"


def is_machine_path(path: str) -> bool:
    """Whether a path is called by programs: no CSRF, no page languages, no session of Django's.

    Ask with `request.path`: the console rewrites `path_info`.
    """
    return path.startswith(MACHINE_PREFIXES)


class Chain(BaseHandler):
    """Django's handler around one list of middleware."""

    def __init__(self, middleware: Sequence[str]) -> None:
        self._middleware = middleware
        self.load_middleware()

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the chain as Django does from `MIDDLEWARE`."""
        self._view_middleware: list[Callable[..., Any]] = []
        self._template_response_middleware: list[Callable[..., Any]] = []
        self._exception_middleware: list[Callable[..., Any]] = []
        chain: Any = convert_exception_to_response(self._get_response)
        for name in reversed(self._middleware):
            try:
                member = import_string(name)(chain)
            except MiddlewareNotUsed:
                continue
            if hook := getattr(member, "process_view", None):
                self._view_middleware.insert(0, hook)
            if hook := getattr(member, "process_template_response", None):
                self._template_response_middleware.append(hook)
            if hook := getattr(member, "process_exception", None):
                self._exception_middleware.append(hook)
            chain = convert_exception_to_response(member)
        self.answer: Callable[[HttpRequest], HttpResponseBase] = chain

    def _get_response(self, request: HttpRequest) -> HttpResponseBase:
        """As Django's, for views that are functions of their own: none is asynchronous, or atomic by a setting."""
        match = self.resolve_request(request)
        view, arguments, named = match.func, match.args, match.kwargs
        for hook in self._view_middleware:
            if (response := hook(request, view, arguments, named)) is not None:
                break
        else:
            response = self._answered(request, lambda: view(request, *arguments, **named))
        self.check_response(response, view)
        if callable(getattr(response, "render", None)):
            for hook in self._template_response_middleware:
                response = hook(request, response)
            response = self._answered(request, response.render)
        return cast(HttpResponseBase, response)

    def _answered(self, request: HttpRequest, answer: Callable[[], Any]) -> Any:
        try:
            return answer()
        except Exception as error:
            response = self.process_exception_by_middleware(error, request)
            if response is None:
                raise
            return response

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """As Django does, by the index of addresses."""
        if hasattr(request, "urlconf"):
            return super().resolve_request(request)
        request.resolver_match = routing.resolve(request.path_info)
        return request.resolver_match


class Pipeline(BaseHandler):
    """A handler that sends each request through the chain of its address."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the chains."""
        pages = [*settings.MIDDLEWARE, *settings.PAGE_MIDDLEWARE]
        self._machines = Chain(settings.MIDDLEWARE)
        self._pages = Chain(pages)
        self._console = Chain([*pages, *settings.CONSOLE_MIDDLEWARE])

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Send a request through its chain."""
        path = request.path
        if is_machine_path(path):
            response = self._machines.answer(request)
        elif path.startswith(CONSOLE_PREFIX):
            response = self._console.answer(request)
            # The console's requests bring an URL configuration of their own.
            set_urlconf(None)
        else:
            response = self._pages.answer(request)
        response._resource_closers.append(request.close)  # type: ignore[attr-defined]  # the stubs lack it
        if response.status_code >= 400:
            log_response("%s: %s", response.reason_phrase, path, response=cast(HttpResponse, response), request=request)
        return response
