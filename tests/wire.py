"""Django's test client and live server, sent through the WSGI application that answers in production."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpResponse, HttpResponseBase
from django.test import client, testcases

from common.wsgi import Handler


class _Application(Handler):
    """The application, which hands its test the request, and lets it leave out the check of CSRF tokens."""

    enforces_csrf = True
    response: HttpResponseBase | None = None

    def check_connections(self) -> None:
        """A request leaves the connection of its test open."""

    def get_response(self, request: WSGIRequest) -> HttpResponseBase:
        request._dont_enforce_csrf_checks = not self.enforces_csrf  # type: ignore[attr-defined]
        self.response = super().get_response(request)
        self.response.wsgi_request = request  # type: ignore[attr-defined]
        return self.response


class ClientHandler(client.ClientHandler):
    """What Django's test client calls."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Make the application at the first request, when a test has changed its settings."""
        self._middleware_chain = self.application = _Application()

    def __call__(self, environ: dict[str, Any]) -> HttpResponseBase:
        if self._middleware_chain is None:
            self.load_middleware()
        application = self.application
        application.enforces_csrf, application.response = self.enforce_csrf_checks, None
        started: list[tuple[str, list[tuple[str, str]]]] = []
        answer = application(environ, lambda status, headers: started.append((status, headers)))
        response = application.response
        if response is None:
            response = HttpResponse(b"".join(answer), headers=dict(started[0][1]))
            response.wsgi_request = application.request_class(environ)  # type: ignore[attr-defined]
        client.conditional_content_removal(response.wsgi_request, response)  # type: ignore[attr-defined]
        request_finished.disconnect(close_old_connections)
        if response.streaming:
            response.streaming_content = client.closing_iterator_wrapper(response.streaming_content, response.close)
        else:
            response.close()
        request_finished.connect(close_old_connections)
        return response


def _unchanged(application: Handler) -> Handler:
    return application


def install() -> None:
    """Put the application in the place of Django's handlers, in everything that a test asks."""
    client.ClientHandler = ClientHandler  # type: ignore[misc]
    testcases.WSGIHandler = Handler  # type: ignore[attr-defined]
    # Without media files, whose handler would take every address and bring Django's own middleware with it.
    testcases._MediaFilesHandler = _unchanged  # type: ignore[attr-defined]
