"""What the sink counts as posted."""

import socket

from tests.sink import Sink


def test_half_a_request_is_none(sink: Sink) -> None:
    """A worker that was killed while it sent left half a body, whose signature no test could confirm."""
    with socket.create_connection(("127.0.0.1", sink.port), timeout=5) as sender:
        sender.sendall(b'POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"event":')
        sender.shutdown(socket.SHUT_WR)
        assert sender.recv(1024) == b""
    assert sink.posted == []
