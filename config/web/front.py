"""The front: an RSGI application that runs a WSGI application once the request is there as a whole.

Who sends slowly holds a connection and no thread. A request without a body, or whose body came with its head, costs
what it costs under a WSGI server. What cannot be read has an answer without content, as what the server itself refuses;
a body that is too large is refused by the application, in its own words.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from common.bodies import max_body_bytes
from config.web.bodies import BodyError, RequestBody, Transport
from config.web.environ import HeaderTooLongError, Scope, make_environ
from config.web.spooling import SpooledAnswer, spool
from config.web.turns import Turns

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_CLOSE = ("connection", "close")


class Front:
    """Serves a WSGI application under granian's RSGI."""

    def __init__(self, application: WsgiApplication) -> None:
        self._application = application

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        Turns(loop)

    async def __rsgi__(self, scope: Scope, transport: Transport) -> None:
        body = RequestBody(transport)
        try:
            environ = make_environ(scope)
            is_refused = not await self._read(environ, body)
        except HeaderTooLongError:
            return _refuse(transport, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        except TimeoutError:
            return _refuse(transport, HTTPStatus.REQUEST_TIMEOUT)
        except BodyError as error:
            return _refuse(transport, error.status)
        status, headers, answer = self._run(environ)
        if isinstance(answer, SpooledAnswer):
            return answer.send(transport, status, headers)
        if not is_refused:
            return transport.response_bytes(status, headers, answer)
        transport.response_bytes(status, [*headers, _CLOSE], answer)
        if "HTTP_EXPECT" not in environ:
            await body.drain()
        return None

    async def _read(self, environ: dict[str, Any], body: RequestBody) -> bool:
        """Put the body into the environment. False if it is too large: then its length is there, and it is not."""
        most = max_body_bytes(environ["PATH_INFO"])
        content, length = b"", int(environ.get("CONTENT_LENGTH") or 0)
        if environ.pop("HTTP_TRANSFER_ENCODING", None) is not None:
            try:
                content = await body.read_chunked(most)
                length = len(content)
            except BodyError as error:
                if error.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                    raise
                length = most + 1
        elif 0 < length <= most:
            content = await body.read(length)
        environ["wsgi.input"] = io.BytesIO(content)
        environ["CONTENT_LENGTH"] = str(length) if length else ""
        return length <= most

    def _run(self, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes | SpooledAnswer]:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            started[:] = (int(status[:3]), headers)

        answer = self._application(environ, start_response)
        try:
            content = spool(answer)
        finally:
            if (close := getattr(answer, "close", None)) is not None:
                close()
        return started[0], started[1], content


def _refuse(transport: Transport, status: int) -> None:
    transport.response_bytes(status, [_CLOSE], b"")
