"""Another system whose users come to Gatehouse: an HTTP service on this machine that checks passwords."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

API_KEY = "legacy-key-1234"


class Legacy:
    """`users` maps identifiers to `{password, name?, …}`; `calls` is what was asked, with the headers that came."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.users: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str, dict[str, str], Any]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"


@contextmanager
def legacy_service() -> Iterator[Legacy]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            legacy.calls.append(("POST", self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            user = legacy.users.get(body.get("login", ""))
            if self.headers.get("Authorization") != f"Bearer {API_KEY}":
                self.answer(401, {})
            elif user is None or user["password"] != body["password"]:
                self.answer(404, {"error": "no such user"})
            else:
                self.answer(200, {name: value for name, value in user.items() if name != "password"})

        def do_GET(self) -> None:
            legacy.calls.append(("GET", self.path, {}, None))
            if self.path == "/redirect":
                self.send_response(302)
                self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif self.path == "/large":
                self.answer(200, {"text": "x" * 300_000})
            else:
                self.answer(200, {"path": self.path})

        def answer(self, status: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    legacy = Legacy(server)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield legacy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# The recipe of `docs/actions.md`: who is unknown here, and known there, is taken over.
RECIPE = """
const runAction = async ({ event, environmentVariables }) => {
  if (event.user) {
    return;
  }
  const response = await fetch(environmentVariables.LEGACY_URL, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${environmentVariables.LEGACY_KEY}`,
    },
    body: JSON.stringify({ login: event.identifier.value, password: event.password }),
  });
  if (!response.ok) {
    return;
  }
  const { name, email, plan } = await response.json();
  return {
    action: "createUser",
    passwordVerified: true,
    user: { name, primaryEmail: email, customData: { plan, migrated: true } },
  };
};
"""
