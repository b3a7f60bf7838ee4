"""A real HTTP server of this machine, which keeps what is posted to it and answers as it is told."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Posted:
    """One request; the names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body, with its members in the order in which they came."""
        return json.loads(self.body)


@dataclass
class Sink:
    """Where it listens, what it took, and how it answers."""

    port: int = 0
    posted: list[Posted] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"taken":true}'
    headers: dict[str, str] = field(default_factory=dict)
    # By path, before `status`.
    statuses: dict[str, int] = field(default_factory=dict)
    # What to do with each request before it is answered.
    on_post: Callable[[], object] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def running_sink() -> Iterator[Sink]:
    """Run a sink for as long as the block lasts."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                # The sender was killed while it sent: what came is no request.
                self.close_connection = True
                return
            names = {name.lower(): value for name, value in self.headers.items()}
            sink.posted.append(Posted(self.path, names, body))
            if sink.on_post is not None:
                sink.on_post()
            self.send_response(sink.statuses.get(self.path, sink.status))
            for name, value in sink.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(sink.answer)))
            self.end_headers()
            self.wfile.write(sink.answer)

        def log_message(self, *_arguments: Any) -> None:
            """Nothing: the tests look at what was posted."""

    server = _Server(("127.0.0.1", 0), Handler)
    sink.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
