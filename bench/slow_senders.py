"""`python -m bench.slow_senders`: what others notice while hundreds of connections send their bodies slowly.

Each announces 40 kB to the token endpoint and sends a byte every few seconds; one that the server ends is opened again.
DATABASE_URL names a PostgreSQL where databases may be made; the embedded one is used without it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import selectors
import socket
import threading
import time
from collections.abc import Iterator

from bench import load, paths, servers
from config import embedded_postgres

_ANNOUNCED = 40_000
_SECONDS_PER_BYTE = 3.0


class SlowSenders:
    """Connections that are always there, in a thread of their own; `held` and `ended` count them."""

    def __init__(self, port: int, count: int) -> None:
        self._port = port
        self._selector = selectors.DefaultSelector()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.ended = 0
        for _ in range(count):
            self._open()

    @property
    def held(self) -> int:
        return len(self._selector.get_map())

    def _open(self) -> None:
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        head = f"POST /oidc/token HTTP/1.1\r\nHost: localhost:{self._port}\r\nContent-Length: {_ANNOUNCED}\r\n\r\n"
        connection.sendall(head.encode() + b"a")
        self._selector.register(connection, selectors.EVENT_READ, connection)

    def _run(self) -> None:
        next_byte = time.monotonic() + _SECONDS_PER_BYTE
        while not self._stop.is_set():
            for key, _ in self._selector.select(0.1):
                self._replace(key.data)
            if time.monotonic() >= next_byte:
                next_byte += _SECONDS_PER_BYTE
                for connection in self._connections():
                    with contextlib.suppress(OSError):
                        connection.send(b"a")

    def _connections(self) -> list[socket.socket]:
        return [key.data for key in self._selector.get_map().values()]

    def _replace(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        connection.close()
        self.ended += 1
        self._open()

    def __enter__(self) -> SlowSenders:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()
        for connection in self._connections():
            connection.close()


def _measure(one: servers.Contestant, options: argparse.Namespace) -> Iterator[str]:
    for path in (paths.CLIENT_CREDENTIALS, paths.JWKS):
        users = one.people(path, options.users)
        outcome = load.run(port=one.servers[0].port, users=users, seconds=options.seconds, warmup=1.0)
        yield (
            f"  {path}: {outcome.per_second:,.0f}/s, p50 {outcome.p50:.1f} ms, p99 {outcome.p99:.1f} ms, "
            f"{outcome.failures} failures"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.slow_senders")
    parser.add_argument("--database", default=os.environ.get("DATABASE_URL", ""))
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--users", type=int, default=16, help="how many others ask at once")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    if not options.database:
        embedded_postgres.ensure()
    try:
        one = servers.gatehouse(options.database or os.environ["DATABASE_URL"], threads=8)
        try:
            print("Nobody else:", *_measure(one, options), sep="\n", flush=True)
            with SlowSenders(one.servers[0].port, options.connections) as senders:
                print(f"{senders.held} slow senders:", *_measure(one, options), sep="\n", flush=True)
                print(f"  still held {senders.held}, ended by the server and opened again {senders.ended}")
        finally:
            one.close()
    finally:
        embedded_postgres.release()


if __name__ == "__main__":
    main()
