"""The web server over real sockets: bodies are read before a thread is taken, bounded in size, time and rate."""

import contextlib
import hashlib
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "from config.web.__main__ import main; main('tests.platform.echo_application:application')"
THREADS = 2
MEGABYTE = 1_048_576
PATIENCE = 30.0


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server of one worker with two threads, which gives a body one second and what its rate earns."""
    with serving(workers=1) as port:
        yield port


@contextlib.contextmanager
def serving(*, workers: int) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    chosen = {"HOST": "127.0.0.1", "PORT": str(number), "WEB_WORKERS": str(workers), "WEB_THREADS": str(THREADS)}
    environment = {**os.environ, **chosen, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(number):
            assert time.monotonic() < deadline
            assert process.poll() is None
        yield number
    finally:
        process.terminate()
        process.wait(PATIENCE)


def answers(port: int) -> bool:
    try:
        return get(port).status == 200
    except (OSError, http.client.HTTPException):
        return False


def get(port: int) -> Answer:
    return talk(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def read_answer(connection: socket.socket, method: str = "POST") -> Answer:
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    return Answer(response.status, response.headers, response.read())


def talk(port: int, sent: bytes, method: str = "POST") -> Answer:
    with connect(port) as connection:
        connection.sendall(sent)
        return read_answer(connection, method)


def head(*headers: str, path: str = "/") -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def chunks(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))


@pytest.mark.parametrize("pieces", [1, 64, 1000])
def test_an_answer_of_any_size_arrives_whole(port: int, pieces: int) -> None:
    """An export of a large tenant was held in memory whole, and took the process with it."""
    answer = talk(port, f"GET /?{pieces} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.status == 200
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    begin, end = answer.body.split(b"}", 1)
    assert b'"pid"' in begin
    assert end == b"x" * 65_536 * pieces


def test_who_sends_slowly_takes_no_thread(port: int) -> None:
    """24 connections that announced 40 kB and sent a byte every few seconds stopped an installation of two workers with
    eight threads each, as each held a thread that read the body."""
    with contextlib.ExitStack() as held:
        slow = [held.enter_context(connect(port)) for _ in range(50)]
        for connection in slow[:25]:
            connection.sendall(head("Content-Length: 40000") + b"a")
        for connection in slow[25:]:
            connection.sendall(head("Transfer-Encoding: chunked") + b"1\r\na\r\n")
        for _ in range(20):
            assert get(port).status == 200
            assert talk(port, head("Content-Length: 3", "Connection: close") + b"abc").told()["length"] == 3
        for connection in slow:
            answer = read_answer(connection)
            assert (answer.status, answer.headers["Connection"]) == (408, "close")
            assert connection.recv(1) == b""


def test_a_body_is_read_whole_however_it_comes(port: int) -> None:
    body = os.urandom(MEGABYTE)
    digest = hashlib.sha256(body).hexdigest()
    parts = [body[place : place + 30_000] for place in range(0, MEGABYTE, 30_000)]
    declared = talk(port, head(f"Content-Length: {MEGABYTE}") + body).told()
    chunked = talk(port, head("Transfer-Encoding: chunked") + chunks(*parts)).told()
    single = talk(port, head("Transfer-Encoding: chunked") + chunks(*[b"x"] * 2000)).told()
    assert declared["sha256"] == chunked["sha256"] == digest
    assert declared["CONTENT_LENGTH"] == chunked["CONTENT_LENGTH"] == str(MEGABYTE)
    assert (single["length"], single["CONTENT_LENGTH"]) == (2000, "2000")
    assert "HTTP_TRANSFER_ENCODING" not in chunked


def test_requests_without_a_body_have_none(port: int) -> None:
    for headers in ([], ["Content-Length: 0"], ["Transfer-Encoding: chunked"]):
        sent = head(*headers) + (chunks() if headers == ["Transfer-Encoding: chunked"] else b"")
        told = talk(port, sent).told()
        assert (told["length"], told["CONTENT_LENGTH"]) == (0, "")


@pytest.mark.parametrize(
    "sent",
    [
        head(f"Content-Length: {3 * MEGABYTE}") + b"a" * 3 * MEGABYTE,
        head("Transfer-Encoding: chunked") + chunks(b"a" * MEGABYTE, b"b" * MEGABYTE),
        head(f"Content-Length: {400 * MEGABYTE}", "Expect: 100-continue"),
    ],
    ids=["declared", "chunked", "expecting"],
)
def test_a_body_that_is_too_large_is_refused_and_its_sender_hears_it(port: int, sent: bytes) -> None:
    """400 MB sent to a page were written to disk. A connection that is closed on its sender is reset, and the reset
    overtakes the answer: some of the body is read on and thrown away."""
    answer = talk(port, sent)
    assert (answer.status, answer.headers["Connection"]) == (413, "close")
    assert answer.told()["length"] == 0


@pytest.mark.parametrize(
    "broken",
    [b"3\r\nabc\r\nzz\r\n", chunks(*[b"x"] * 5000), b"3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n"],
    ids=["malformed", "crumbs", "trailers"],
)
def test_a_chunked_body_that_cannot_be_had_whole_reaches_nobody(port: int, broken: bytes) -> None:
    """What broke off would otherwise pass for a whole body (RFC 9112 section 8)."""
    answer = talk(port, head("Transfer-Encoding: chunked") + broken)
    assert (answer.status, answer.body) == (400, b"")


def test_a_connection_outlives_its_requests(port: int) -> None:
    """Requests that were refused before their body was read took the connection with them, in 60 % of the cases without
    `Connection: close`; the proxy in front then took the server for dead."""
    with connect(port) as connection:
        for number in range(50):
            body = b"a" * number
            connection.sendall(head(f"Content-Length: {number}") + body)
            answer = read_answer(connection)
            assert answer.told()["length"] == number
            assert answer.headers["Connection"] is None


def test_only_so_many_large_bodies_are_held_in_memory(port: int) -> None:
    announced = head(f"Content-Length: {MEGABYTE}")
    with contextlib.ExitStack() as held:
        senders = [held.enter_context(connect(port)) for _ in range(6)]
        for connection in senders:
            connection.sendall(announced + b"a")
        refused: set[socket.socket] = set()
        while len(refused) < 4:
            refused |= set(select.select([one for one in senders if one not in refused], [], [], PATIENCE)[0])
        assert [read_answer(connection).status for connection in refused] == [503] * 4
    deadline = time.monotonic() + PATIENCE
    while talk(port, announced + b"a" * MEGABYTE).status != 200:
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([f"Cookie: {'c' * 30_000}"], 200),
        ([f"Cookie: {'c' * 100_000}"], 431),
        ([f"X-Forwarded-Host: {'h' * 1025}"], 431),
        ([f"X-Forwarded-Proto: {'h' * 129}"], 431),
    ],
)
def test_heads_are_bounded(port: int, headers: list[str], status: int) -> None:
    """Hosts of 288 kB became keys of caches, and each worker kept 280 MB of them."""
    assert talk(port, head(*headers, "Connection: close")).status == status


def test_a_host_is_no_longer_than_a_name_can_be(port: int) -> None:
    for length, status in ((255, 200), (300, 431)):
        sent = f"GET / HTTP/1.1\r\nHost: {'h' * length}\r\nConnection: close\r\n\r\n"
        assert talk(port, sent.encode(), "GET").status == status


def test_the_environment_is_that_of_pep_3333(port: int) -> None:
    sent = (
        b"GET /a%20b/%C3%A4?x=%ff&y HTTP/1.1\r\nHost: example.com:8000\r\nContent-Type: text/plain\r\nX-Double: 1\r\n"
        b"X-Double: 2\r\nCookie: a=1\r\nCookie: b=2\r\nX_Forwarded_For: 10.0.0.1\r\nConnection: close\r\n\r\n"
    )
    answer = talk(port, sent, "GET")
    told = answer.told()
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    expected = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a b/\xc3\xa4",
        "QUERY_STRING": "x=%ff&y",
        "CONTENT_TYPE": "text/plain",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "example.com:8000",
        "HTTP_X_DOUBLE": "1,2",
        "HTTP_COOKIE": "a=1; b=2",
        "wsgi.url_scheme": "http",
    }
    assert {name: told.get(name) for name in expected} == expected
    # An underscore would give the key of what a proxy has written.
    assert "HTTP_X_FORWARDED_FOR" not in told


def test_a_head_request_has_no_content(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert read_answer(connection, "HEAD").status == 200


def test_a_worker_that_is_killed_is_replaced_while_the_others_answer() -> None:
    with serving(workers=2) as port:
        first = workers_that_answer(port, 2)
        os.kill(min(first), signal.SIGKILL)
        later = workers_that_answer(port, 2, besides=min(first))
        assert max(first) in later


def test_workers_share_what_was_loaded_before_they_came_to_be() -> None:
    """Each worker once loaded the application for itself: twice the work at the start, and twice the memory."""
    with serving(workers=1) as port:
        told = get(port).told()
    assert told["loaded_by"] != told["pid"]


def workers_that_answer(port: int, count: int, besides: int = 0) -> set[int]:
    """The processes that answer, once there are so many; one that is being killed may still break off an answer."""
    seen: set[int] = set()
    deadline = time.monotonic() + PATIENCE
    while len(seen) < count:
        assert time.monotonic() < deadline, seen
        with contextlib.suppress(OSError, http.client.HTTPException):
            seen |= {get(port).told()["pid"]} - {besides}
    return seen
