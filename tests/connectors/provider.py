"""A provider's HTTP API on this machine: keeps what came over the wire and answers what a test says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from common.http import Response, fetch
from connectors.factories import MessageFactory, find_factory
from connectors.services.composition import compose_message

_ADDRESS = "X-Test-Address"


@dataclass
class Request:
    """One request as it came; `url` is the address that was meant."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@dataclass
class Provider:
    """Answers in the order in which they were given; the last one stays."""

    requests: list[Request] = field(default_factory=list)
    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    is_silent: Event = field(default_factory=Event)
    port: int = 0

    def answer(self, status: int, body: Any = "", **headers: str) -> None:
        content = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.answers.append((status, content, {name.replace("_", "-"): value for name, value in headers.items()}))

    @property
    def request(self) -> Request:
        """The only request."""
        [request] = self.requests
        return request


@contextmanager
def run_provider() -> Iterator[Provider]:
    """Run a provider."""
    provider = Provider()
    stop = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            url = headers.pop(_ADDRESS.lower(), self.path)
            provider.requests.append(Request(self.command, url, headers, body))
            if provider.is_silent.is_set():
                stop.wait(5)
                return
            status, content, named = provider.answers.pop(0) if len(provider.answers) > 1 else provider.answers[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **named}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def lead_here(provider: Provider, monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Lead the requests of these modules to the provider of this machine, whatever address they are for."""

    def redirected(method: str, url: str, **options: Any) -> Response:
        parts = urlsplit(url)
        here = parts._replace(scheme="http", netloc=f"127.0.0.1:{provider.port}").geturl()
        headers = {**(options.pop("headers", None) or {}), _ADDRESS: url}
        timeout = 0.3 if provider.is_silent.is_set() else 30
        return fetch(method, here, headers=headers, **{**options, "timeout": timeout})

    for module in modules:
        monkeypatch.setattr(f"{module}.fetch", redirected)


def kind(factory_id: str) -> MessageFactory:
    """Return a kind of connector for messages."""
    factory = find_factory(factory_id)
    assert isinstance(factory, MessageFactory)
    return factory


def send(factory_id: str, config: dict[str, Any], **changes: Any) -> None:
    """Send a sign-in code as a task would."""
    factory = kind(factory_id)
    order: dict[str, Any] = {
        "channel": factory.channel,
        "recipient": "bob@example.com" if factory.channel == "email" else "4915112345678",
        "template_type": "SignIn",
        "payload": {"code": "123456"},
        "locale": "en",
        "fallback_locale": "en",
        **changes,
    }
    checked = factory.validated(config)
    factory.connector.send(compose_message(order, factory, checked), checked)
