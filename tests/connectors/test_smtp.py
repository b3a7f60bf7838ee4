"""SMTP: one resolution, a connection to the address that was checked, and the whole of it bounded."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest

from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.smtp import connection
from tests.connectors.smtp import send
from tests.mail_server import MailServer


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


@contextmanager
def silent_server(*lines: bytes) -> Iterator[int]:
    """A server that says these lines and then nothing more; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            taken, _address = listening.accept()
            with taken:
                for line in lines:
                    taken.sendall(line)
                    taken.recv(1000)
                while taken.recv(1000):
                    pass

        thread = Thread(target=speak, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


def test_message_arrives_after_one_resolution(
    settings: Any, monkeypatch: pytest.MonkeyPatch, mail_server: MailServer
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES, settings.ALLOWED_PRIVATE_HOSTS = False, ["mail.example"]
    asked = resolve(monkeypatch, "127.0.0.1")
    send(mail_server.port, host="mail.example")
    [received] = mail_server.received
    assert received.message.get_content().strip() == "123456"
    assert asked == ["mail.example"]


def test_second_answer_of_the_dns_is_never_asked_for(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a public address for the check, a private one for the connection."""
    settings.ALLOW_PRIVATE_ADDRESSES, settings.ALLOWED_PRIVATE_HOSTS = False, []
    resolve(monkeypatch, "93.184.215.14", "127.0.0.1")
    reached: list[str] = []

    def get_socket(connection: Any, host: str, port: int, timeout: Any) -> socket.socket:
        reached.append(host)
        raise ConnectionRefusedError

    monkeypatch.setattr(smtplib.SMTP, "_get_socket", get_socket)
    with pytest.raises(DeliveryError) as failure:
        send(25, host="mail.example")
    assert failure.value.kind == FailureKind.UNREACHABLE
    assert reached == ["93.184.215.14"]


def test_private_address_is_refused_for_good(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES, settings.ALLOWED_PRIVATE_HOSTS = False, []
    resolve(monkeypatch, "10.0.0.7")
    with pytest.raises(DeliveryError) as refused:
        send(25, host="mail.example")
    assert (refused.value.kind, refused.value.permanent) == (FailureKind.HOST_REFUSED, True)


def test_a_name_that_dns_does_not_know_now_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(DeliveryError) as failure:
        send(25, host="mail.example")
    assert (failure.value.kind, failure.value.permanent) == (FailureKind.HOST_NOT_FOUND, False)


@pytest.mark.parametrize(
    ("lines", "timeouts"),
    [
        ((), {"greetingTimeout": 50}),
        ((b"220 ready\r\n",), {"socketTimeout": 50}),
    ],
)
def test_each_time_out_has_effect(lines: tuple[bytes, ...], timeouts: dict[str, Any]) -> None:
    with silent_server(*lines) as port, pytest.raises(DeliveryError) as failure:
        send(port, **timeouts)
    assert (failure.value.kind, failure.value.permanent) == (FailureKind.TIMED_OUT, False)


def test_the_time_out_of_the_connection_has_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []

    def create_connection(_address: Any, timeout: float, *_: Any) -> socket.socket:
        seen.append(timeout)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(DeliveryError) as failure:
        send(25, connectionTimeout=1500)
    assert failure.value.kind == FailureKind.TIMED_OUT
    assert seen == [1.5]


def test_the_time_out_of_the_resolver_has_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "Thread", lambda **_: Thread(target=lambda: None))
    with pytest.raises(DeliveryError) as failure:
        send(25, dnsTimeout=20)
    assert failure.value.kind == FailureKind.TIMED_OUT


def test_a_server_that_keeps_within_every_time_out_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then would hold a worker for ever."""
    monkeypatch.setattr(connection, "LONGEST_EXCHANGE", 0.2)
    with silent_server(b"220 ready\r\n") as port, pytest.raises(DeliveryError) as failure:
        send(port, socketTimeout=60_000)
    assert failure.value.kind == FailureKind.TIMED_OUT
