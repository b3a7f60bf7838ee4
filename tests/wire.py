"""Django's test client and live server, sent through the WSGI application that answers in production."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import client, testcases

from common.wsgi import Handler
from tests.responses import ClientResponse


class _Application(Handler):
    """The application, which hands its test the request, and lets it leave out the check of CSRF tokens."""

    enforces_csrf = True
    response: HttpResponseBase | None = None

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


def _unchanged(application: Handler) -> Handler:
    return application


def install() -> None:
    """Put the application in the place of Django's handlers, in everything that a test asks."""
    client.ClientHandler = ClientHandler  # type: ignore[misc]
    testcases.WSGIHandler = Handler  # type: ignore[assignment, attr-defined]
    # Without media files, whose handler would take every address and bring Django's own middleware with it.
    testcases._MediaFilesHandler = _unchanged  # type: ignore[assignment, misc]
