"""What is logged of calls to providers: no address, because some providers want secrets and tokens in it."""

import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from connectors.oauth.calls import get_object
from connectors.oauth.client import OAuthClient, refresh_tokens
from tenants.context import enter_tenant


class _Provider(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"access_token": "answer-1"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Provider)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_log_has_no_address_and_no_header_of_a_call(provider: str, caplog: pytest.LogCaptureFixture) -> None:
    """httpx logs the address of every request at INFO, and httpcore headers at DEBUG: WeChat's has the app secret."""
    client = OAuthClient(client_id="client-1", client_secret="secret-1", authentication="client_secret_basic")
    with caplog.at_level(logging.DEBUG), enter_tenant("default"):
        logging.getLogger("tests").debug("captured")
        assert get_object(f"{provider}/user?secret=secret-1", access_token="token-1") == {"access_token": "answer-1"}
        assert refresh_tokens(f"{provider}/token", client, "refresh-1").tokens.access_token == "answer-1"
    assert caplog.messages == ["captured"]
