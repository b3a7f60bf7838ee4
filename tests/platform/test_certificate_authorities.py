"""Calls over https: a server must have a certificate of an authority that the installation trusts."""

import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from common import http
from common.http import OutboundRequestError, fetch
from tests.certificates import write_certificate


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for `localhost` that signs itself, with its key."""
    return write_certificate(tmp_path / "server.pem")


@pytest.fixture
def address(certificate: Path) -> Iterator[str]:
    """An https server of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    http._authorities.cache_clear()
    yield
    http._authorities.cache_clear()


def test_an_authority_nobody_trusts(address: str) -> None:
    with pytest.raises(OutboundRequestError):
        fetch("GET", address)


def test_one_of_the_installations_own(address: str, certificate: Path, settings: Any) -> None:
    settings.CA_CERTIFICATES = str(certificate)
    assert fetch("GET", address).status == 204
