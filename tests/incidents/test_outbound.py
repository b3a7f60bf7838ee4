"""What the installation sends out: to whom, and how long a hostile receiver may keep it busy."""

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from common import http
from common.http import OutboundRequestError, checked_address, fetch


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "64:ff9b:1::808:808",
        "::ffff:8.8.8.8",
        "::ffff:0:127.0.0.1",
        "fec0::1",
        "100::1",
        "5f00::1",
        "3fff::1",
        "2001:db8::1",
        "2002:808:808::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2606:2800::5efe:7f00:1",
        "2606:2800::200:5efe:10.0.0.1",
        "192.0.0.8",
        "192.88.99.1",
        "198.18.0.1",
        "203.0.113.1",
        "240.0.0.1",
        "255.255.255.255",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
    ],
)
def test_no_way_around_to_a_private_address(settings: Any, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """An address of one family that carries a private one of the other reaches the same machine."""
    settings.ALLOW_PRIVATE_ADDRESSES = False
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(OutboundRequestError):
        checked_address("hostile.example", 80)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "172.32.0.1",
        "192.0.1.1",
        "100.128.0.1",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "2001:4860:4860::8888",
        "2001:20::1",
        "64:ff9b::808:808",
    ],
)
def test_public_addresses_stay_reachable(settings: Any, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 80))])
    assert checked_address("friendly.example", 80) == address


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com:99999/",
        "http://[::1/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://",
        "http://x..y/",
        "http://.example/",
        f"http://{'a' * 64}.example/",
        f"http://{'a.' * 130}example/",
        "http://\u2488com/",
        "http://" + "\u00fc" * 60 + ".example/",
        "http://exa mple/",
        "http://ex%61mple.com/",
        "http://localhost:0/",
        "http://local\x00host/",
        "http://\ud800.example/",
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    """Python's resolver raises `UnicodeError` for a label that it cannot encode: a page failed with a stack trace."""
    with pytest.raises(OutboundRequestError):
        fetch("GET", url)


@pytest.mark.parametrize(
    ("host", "port"),
    [("x..y", 25), ("a" * 64, 25), ("localhost", 0), ("localhost", 2**70), ("local\x00host", 25), ("", 25)],
)
def test_a_host_of_another_protocol_that_is_none(host: str, port: int) -> None:
    with pytest.raises(OutboundRequestError):
        checked_address(host, port)


def test_a_name_beyond_ascii_is_asked_for_as_dns_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver, the certificate and the Host header have one name: the one in A-labels."""
    resolved = []
    real = socket.getaddrinfo

    def resolve(host: str, *rest: Any, **options: Any) -> Any:
        resolved.append(host)
        return real("127.0.0.1", *rest, **options)

    heard: list[bytes] = []
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with serving(b"HTTP/1.1 204 No Content\r\n\r\n", heard) as port:
        assert fetch("GET", f"http://B\u00fccher.example:{port}/caf\u00e9").status == 204
    assert resolved[0] == "xn--bcher-kva.example"
    assert f"Host: xn--bcher-kva.example:{port}\r\n".encode() in heard[0]
    assert heard[0].startswith(b"GET /caf%C3%A9 HTTP/1.1")


def test_a_header_that_cannot_be_sent() -> None:
    with pytest.raises(OutboundRequestError):
        fetch("GET", "http://127.0.0.1:9/", headers={"Authorization": "caf\u00e9 \u20ac"})


@contextmanager
def dripping(first: bytes) -> Iterator[int]:
    """A server that answers with `first` and then one byte at a time, for ever."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(first)
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b"a")
                    except OSError:
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join(5)


@contextmanager
def serving(answer: bytes, heard: list[bytes] | None = None) -> Iterator[int]:
    """A server that gives one caller this answer, and notes in `heard` what it was asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                asked = connection.recv(65_536)
                if heard is not None:
                    heard.append(asked)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def test_an_answer_is_not_unpacked() -> None:
    """A thousand times its size would be in memory before anybody looked at that."""
    packed = gzip.compress(bytes(50_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    tracemalloc.start()
    try:
        with serving(head + packed) as port:
            assert fetch("GET", f"http://127.0.0.1:{port}/", max_bytes=100_000).body == packed
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5_000_000


def test_a_caller_sets_a_shorter_limit() -> None:
    started = time.monotonic()
    with dripping(b"HTTP/1.1 200 OK\r\n\r\n") as port, pytest.raises(OutboundRequestError):
        fetch("GET", f"http://127.0.0.1:{port}/", timeout=1, longest=0.3)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_an_answer_that_never_ends(monkeypatch: pytest.MonkeyPatch, first: bytes) -> None:
    """Each byte comes in time, and all of them together never do: a worker would be held for days."""
    monkeypatch.setattr(http, "LONGEST_EXCHANGE", 0.3)
    started = time.monotonic()
    with dripping(first) as port, pytest.raises(OutboundRequestError):
        fetch("GET", f"http://127.0.0.1:{port}/", timeout=1)
    assert time.monotonic() - started < 3
