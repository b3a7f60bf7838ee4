"""Requests as a WSGI server makes them."""

import io
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Answer(NamedTuple):
    """What goes over the wire; the headers in order of their names."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def call(
    application: Application, method: str, path: str, *, query: str = "", body: bytes = b"", **more: str
) -> Answer:
    """Send a request to a WSGI application."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "localhost:8000",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        **more,
    }
    started: list[tuple[str, list[tuple[str, str]]]] = []
    answer = application(environ, lambda status, headers: started.append((status, headers)))
    content = b"".join(answer)
    ((status, headers),) = started
    return Answer(status, sorted(headers), content)
