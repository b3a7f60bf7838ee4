"""Django's test client and live server, sent through the WSGI application that answers in production."""

from collections.abc import Iterator
from copy import copy
from functools import cached_property
from typing import Any, ClassVar, cast

from django.conf import UserSettingsHolder, settings
from django.core.signals import request_finished, setting_changed
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template import Context, RequestContext
from django.test import client, override_settings, testcases
from django.test.utils import ContextList

from common.pipeline import Chain
from common.wsgi import Handler
from tests.responses import ClientResponse


class _RecordingSettings(UserSettingsHolder):
    """Settings that know which of them were read."""

    def __init__(self, default_settings: Any) -> None:
        super().__init__(default_settings)
        self.__dict__["read"] = set()

    def __getattr__(self, name: str) -> Any:
        self.__dict__["read"].add(name)
        return super().__getattr__(name)


class _Application(Handler):
    """The application, which hands its test the request, and lets it leave out the check of CSRF tokens."""

    enforces_csrf = True
    response: HttpResponseBase | None = None
    # The chains of middleware, until a setting that they read is changed: making them takes longer than most requests.
    _chains: ClassVar[dict[str, Any]] = {}
    _settings_read: ClassVar[set[str]] = set()

    def load_middleware(self, is_async: bool = False) -> None:
        """Take the chains that the last application had."""
        if not _Application._chains:
            with override_settings():
                holder = _RecordingSettings(settings._wrapped)
                settings._wrapped = holder
                super().load_middleware(is_async)
            _Application._settings_read = holder.read
            _Application._chains = {name: chain for name, chain in vars(self).items() if isinstance(chain, Chain)}
        vars(self).update(_Application._chains)

    @classmethod
    def forget_middleware(cls, *, setting: str, **_: Any) -> None:
        """Make the chains anew for the next application."""
        if setting in cls._settings_read:
            cls._chains = {}

    def expect(self, *, enforces_csrf: bool) -> None:
        """Get ready for the next request."""
        self.enforces_csrf, self.response = enforces_csrf, None

    def check_connections(self) -> None:
        """A request leaves the connection of its test open."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        request._dont_enforce_csrf_checks = not self.enforces_csrf  # type: ignore[attr-defined]
        self.response = super().get_response(request)
        self.response.wsgi_request = request  # type: ignore[attr-defined]
        return self.response


class ClientHandler(client.ClientHandler):
    """What Django's test client calls."""

    @cached_property
    def application(self) -> _Application:
        """Made at the first request, when a test has changed its settings."""
        return _Application()

    def __call__(self, environ: dict[str, Any]) -> ClientResponse:
        application = self.application
        application.expect(enforces_csrf=self.enforce_csrf_checks)
        started: list[tuple[str, list[tuple[str, str]]]] = []
        answer = application(environ, lambda status, headers: started.append((status, headers)))
        response = cast(ClientResponse, application.response)
        if application.response is None:
            response = cast(ClientResponse, HttpResponse(b"".join(answer), headers=dict(started[0][1])))
            response.wsgi_request = application.request_class(environ)
        client.conditional_content_removal(response.wsgi_request, response)
        request_finished.disconnect(close_old_connections)
        if response.streaming:
            streamed = cast(StreamingHttpResponse, response)
            content = cast(Iterator[bytes], streamed.streaming_content)
            streamed.streaming_content = client.closing_iterator_wrapper(content, streamed.close)
        else:
            response.close()
        request_finished.connect(close_old_connections)
        return response


def _keep_contexts(store: dict[str, Any], *, context: Context, **_: Any) -> None:
    """Keep once what a page was rendered with: a copy for each of its parts and fields takes a tenth of a page."""
    seen = store.setdefault("rendered", {})
    if isinstance(context, RequestContext) and id(context) not in seen:
        seen[id(context)] = context
        store.setdefault("context", ContextList()).append(copy(context))


def _unchanged(application: Handler) -> Handler:
    return application


def install() -> None:
    """Put the application in the place of Django's handlers, in everything that a test asks."""
    setting_changed.connect(_Application.forget_middleware)
    client.ClientHandler = ClientHandler  # type: ignore[misc]
    client.store_rendered_templates = _keep_contexts  # type: ignore[attr-defined]  # the stubs leave it out
    testcases.WSGIHandler = Handler  # type: ignore[assignment, attr-defined]
    # Without media files, whose handler would take every address and bring Django's own middleware with it.
    testcases._MediaFilesHandler = _unchanged  # type: ignore[assignment, misc]
