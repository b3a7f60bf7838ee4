"""A real SMTP server of this machine, which keeps what it took and how it was spoken to."""

import asyncio
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Received:
    """One message with its envelope."""

    sender: str
    recipients: list[str]
    content: bytes
    is_encrypted: bool
    options: list[str]

    @property
    def message(self) -> EmailMessage:
        return message_from_string(self.content.decode(), policy=policy.SMTPUTF8)


@dataclass
class MailServer:
    """Where it listens, what it took, and with which credentials somebody came."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    credentials: list[tuple[str, str]] = field(default_factory=list)
    # What the next commands are answered with, by command.
    refusals: dict[str, str] = field(default_factory=dict)

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from, envelope.mail_options = address, options
        return self.refusals.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.refusals.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "DATA" in self.refusals:
            return self.refusals["DATA"]
        content = envelope.original_content
        assert content is not None
        assert envelope.mail_from is not None
        assert server.transport is not None
        is_encrypted = session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None
        recipients, options = list(envelope.rcpt_tos), list(envelope.mail_options)
        self.received.append(Received(envelope.mail_from, recipients, content, is_encrypted, options))
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.credentials.append((given.login.decode(), given.password.decode()))
        return AuthResult(success="AUTH" not in self.refusals, handled=False)


@contextmanager
def run_mail_server(
    *,
    certificate: Path | None = None,
    is_encrypted: bool = False,
    takes_utf8: bool = True,
    asks_for_password: bool = False,
    kept: MailServer | None = None,
) -> Iterator[MailServer]:
    """Serve until the block ends. With a certificate it offers STARTTLS, or speaks TLS from the start."""
    kept = kept or MailServer()
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    def speak() -> SMTP:
        warnings.simplefilter("ignore")  # about passwords in clear, which is what some tests are about
        return SMTP(
            kept,
            loop=loop,
            hostname="localhost",
            enable_SMTPUTF8=takes_utf8,
            tls_context=None if is_encrypted else context,
            auth_required=asks_for_password,
            auth_require_tls=not asks_for_password,
            authenticator=kept.authenticate if asks_for_password else None,
        )

    loop = asyncio.new_event_loop()
    # In a thread of its own from the start: a browser test's thread runs a loop already.
    thread = Thread(target=loop.run_forever)
    thread.start()
    listening = loop.create_server(speak, "127.0.0.1", 0, ssl=context if is_encrypted else None)
    server = asyncio.run_coroutine_threadsafe(listening, loop).result()
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        asyncio.run_coroutine_threadsafe(_shut_down(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _shut_down(server: asyncio.Server) -> None:
    server.close()
    conversations = asyncio.all_tasks() - {asyncio.current_task()}
    for conversation in conversations:
        conversation.cancel()
    await asyncio.gather(*conversations, return_exceptions=True)
