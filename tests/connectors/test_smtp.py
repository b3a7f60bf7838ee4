"""SMTP: one resolution, and a connection to the address that was checked."""

import smtplib
import socket
import socketserver
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from connectors.factories import DeliveryError, OutgoingMessage
from connectors.kinds.smtp import SmtpConnector

BACKEND = "connectors.smtp_backend.EmailBackend"
MESSAGE = OutgoingMessage(
    channel="email", recipient="bob@example.com", template_type="Generic", subject="Hello", content="123456"
)


class Conversation(socketserver.StreamRequestHandler):
    """Just enough of RFC 5321 to take one message."""

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            if line.upper() == "DATA":
                self.say("354 go on")
                while (part := self.rfile.readline()) != b".\r\n":
                    self.server.received.append(part.decode())  # type: ignore[attr-defined]
            self.say("250 ok")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def server() -> Iterator[Any]:
    with socketserver.TCPServer(("127.0.0.1", 0), Conversation) as running:
        running.received = []  # type: ignore[attr-defined]
        thread = Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Answer each question for `mail.example` with the next of `answers`; returns the questions asked."""
    real, left, asked = socket.getaddrinfo, list(answers), []

    def getaddrinfo(host: str, port: int, *rest: Any, **options: Any) -> Any:
        if host != "mail.example":
            return real(host, port, *rest, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (left.pop(0), port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def send(port: int) -> None:
    SmtpConnector().send(MESSAGE, {"host": "mail.example", "port": port, "fromEmail": "no-reply@example.com"})


def test_message_arrives_after_one_resolution(settings: Any, monkeypatch: pytest.MonkeyPatch, server: Any) -> None:
    settings.EMAIL_BACKEND = BACKEND
    settings.ALLOW_PRIVATE_ADDRESSES, settings.ALLOWED_PRIVATE_HOSTS = False, ["mail.example"]
    asked = resolve(monkeypatch, "127.0.0.1")
    send(server.server_address[1])
    assert "123456\r\n" in server.received
    assert asked == ["mail.example"]


def test_second_answer_of_the_dns_is_never_asked_for(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a public address for the check, a private one for the connection."""
    settings.EMAIL_BACKEND = BACKEND
    settings.ALLOW_PRIVATE_ADDRESSES, settings.ALLOWED_PRIVATE_HOSTS = False, []
    resolve(monkeypatch, "93.184.215.14", "127.0.0.1")
    reached: list[str] = []

    def get_socket(connection: Any, host: str, port: int, timeout: Any) -> socket.socket:
        reached.append(host)
        raise ConnectionRefusedError

    monkeypatch.setattr(smtplib.SMTP, "_get_socket", get_socket)
    with pytest.raises(DeliveryError):
        send(25)
    assert reached == ["93.184.215.14"]


def test_private_address_is_refused_for_good(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = BACKEND
    settings.ALLOW_PRIVATE_ADDRESSES, settings.ALLOWED_PRIVATE_HOSTS = False, []
    resolve(monkeypatch, "10.0.0.7")
    with pytest.raises(DeliveryError) as refused:
        send(25)
    assert refused.value.permanent
