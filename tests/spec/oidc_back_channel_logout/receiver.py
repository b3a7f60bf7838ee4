"""A relying party's back-channel logout endpoint: a small HTTP server in the test's process."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from django.test import Client


class Receiver:
    """What arrived, and what is answered: `status`, and in front of it those of `once`."""

    def __init__(self, port: int) -> None:
        self.uri = f"http://127.0.0.1:{port}/backchannel-logout"
        self.requests: list[tuple[str, str, str]] = []
        self.status = 200
        self.once: list[int] = []

    @property
    def tokens(self) -> list[str]:
        """The logout tokens, in order of arrival."""
        return [parse_qs(body)["logout_token"][0] for _, _, body in self.requests]

    @property
    def claims(self) -> list[dict[str, Any]]:
        """What the tokens say, unverified."""
        return [jwt.decode(token, options={"verify_signature": False}) for token in self.tokens]

    def verified(self, token: str, *, audience: str, issuer: str) -> dict[str, Any]:
        """Verify a token as section 2.6 asks, by the keys that the provider publishes."""
        keys = Client(HTTP_HOST="localhost:8000").get("/oidc/jwks").json()["keys"]
        kid = jwt.get_unverified_header(token)["kid"]
        key = next(jwt.PyJWK.from_dict(key) for key in keys if key["kid"] == kid)
        required = ["iss", "aud", "iat", "exp", "jti", "events"]
        return jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=audience,
            issuer=issuer,
            options={"require": required},
        )


@contextmanager
def listening() -> Iterator[Receiver]:
    """Serve on a free port of this machine for the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            listener.requests.append((self.path, self.headers.get("Content-Type", ""), body))
            status = listener.once.pop(0) if listener.once else listener.status
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", listener.uri + "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener = Receiver(server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found
