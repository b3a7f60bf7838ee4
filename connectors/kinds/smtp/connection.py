"""A connection to an SMTP server (RFC 5321, 3207, 4954 and 6531).

The host is a tenant's to choose. It is resolved once, and the address that was checked is the one connected to; TLS
verifies the name. The server is bounded in every phase, and in the whole.
"""

import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from django.core.mail.utils import DNS_NAME

from common.deadlines import cut_off_after
from common.domains import canonical_domain
from common.http import LONGEST_EXCHANGE, OutboundRequestError, checked_address
from common.tls import client_context
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.smtp.authentication import authenticate, authenticate_by_token
from connectors.kinds.smtp.credentials import OAUTH2
from connectors.kinds.smtp.replies import refusal
from connectors.kinds.smtp.tokens import Token, access_token

# Seconds.
_DEFAULT_TIMEOUT = 10.0


class _Connection(smtplib.SMTP):
    """Connects to an address that was checked before, and takes a greeting's time for the first answer."""

    def __init__(self, address: str, config: Mapping[str, Any]) -> None:
        super().__init__(local_hostname=DNS_NAME.get_fqdn(), timeout=_seconds(config, "connectionTimeout"))
        self._address = address
        self._greeting_timeout = _seconds(config, "greetingTimeout")
        # The name that certificates are checked against.
        self._host = canonical_domain((config.get("tls") or {}).get("servername") or config["host"])

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened: socket.socket = super()._get_socket(self._address, port, timeout)  # type: ignore[misc]  # the stubs lack it
        opened.settimeout(self._greeting_timeout)
        return opened


class _EncryptedConnection(_Connection):
    """TLS from the start (RFC 8314 section 3.3)."""

    def __init__(self, address: str, config: Mapping[str, Any]) -> None:
        super().__init__(address, config)
        self._context = _tls_context(config)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._context.wrap_socket(super()._get_socket(host, port, timeout), server_hostname=self._host)


@contextmanager
def open_connection(config: Mapping[str, Any]) -> Iterator[smtplib.SMTP]:
    """Greet the server, secure the connection and authenticate, as configured.

    What goes wrong, in the block too, is raised as `DeliveryError`.
    """
    auth = config.get("auth") or {}
    # Before the connection, which would be open meanwhile.
    token = access_token(auth) if auth.get("type") == OAUTH2 else None
    with _failures_explained():
        address = _resolve(config)
        server = _EncryptedConnection(address, config) if config.get("secure") else _Connection(address, config)
        with cut_off_after(LONGEST_EXCHANGE, partial(_shut, server)) as is_late:
            try:
                _greet(server, config, token)
                yield server
                with suppress(smtplib.SMTPException, OSError):
                    # The message was accepted; how the server says goodbye changes nothing.
                    server.quit()
            except OSError as error:
                if is_late.is_set():
                    raise DeliveryError(FailureKind.TIMED_OUT) from error
                raise
            finally:
                server.close()


def _greet(server: smtplib.SMTP, config: Mapping[str, Any], token: Token | None) -> None:
    code, reply = server.connect(config["host"], config["port"])
    if code != 220:
        raise smtplib.SMTPResponseException(code, reply)
    if server.sock is not None:
        server.sock.settimeout(_seconds(config, "socketTimeout"))
    server.ehlo_or_helo_if_needed()
    if not config.get("secure") and not config.get("ignoreTLS"):
        if server.has_extn("starttls"):
            _upgrade(server, config)
        elif config.get("requireTLS"):
            raise DeliveryError(FailureKind.TLS_NOT_OFFERED)
    auth = config.get("auth") or {}
    if token is not None:
        _present_token(server, auth, token)
    elif auth.get("user"):
        authenticate(server, auth["user"], auth["pass"])


def _present_token(server: smtplib.SMTP, auth: Mapping[str, Any], token: Token) -> None:
    """Log in with a token; one that was remembered may have been taken back, so that a new one is asked for once."""
    if not isinstance(server.sock, ssl.SSLSocket):
        # Whoever reads it on the way may use it (RFC 7628 section 3).
        raise DeliveryError(FailureKind.TLS_NOT_OFFERED)
    try:
        authenticate_by_token(server, auth["user"], token.value)
    except DeliveryError as error:
        if error.kind != FailureKind.CREDENTIALS_REFUSED or not token.is_remembered:
            raise
        authenticate_by_token(server, auth["user"], access_token(auth, anew=True).value)


def _upgrade(server: smtplib.SMTP, config: Mapping[str, Any]) -> None:
    """Encrypt the connection. A server that offers it and fails gets no message, and no password, in clear."""
    try:
        server.starttls(context=_tls_context(config))
    except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
        raise DeliveryError(FailureKind.TLS_FAILED) from error
    server.ehlo_or_helo_if_needed()


def _tls_context(config: Mapping[str, Any]) -> ssl.SSLContext:
    options = config.get("tls") or {}
    if options.get("ca"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=options["ca"])
    else:
        context = client_context()
    is_newest = options.get("minVersion") == "TLSv1.3"
    context.minimum_version = ssl.TLSVersion.TLSv1_3 if is_newest else ssl.TLSVersion.TLSv1_2
    if options.get("rejectUnauthorized") is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _resolve(config: Mapping[str, Any]) -> str:
    """Return the address to connect to. The system's resolver knows no time-out, so it is asked in a thread."""
    answers: SimpleQueue[str | OutboundRequestError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(checked_address(config["host"], config["port"]))
        except OutboundRequestError as error:
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=_seconds(config, "dnsTimeout"))
    except Empty:
        raise DeliveryError(FailureKind.TIMED_OUT) from None
    if isinstance(answer, OutboundRequestError):
        raise answer
    return answer


def _seconds(config: Mapping[str, Any], key: str) -> float:
    milliseconds = config.get(key)
    return _DEFAULT_TIMEOUT if milliseconds is None else min(milliseconds / 1000, LONGEST_EXCHANGE)


def _shut(server: smtplib.SMTP) -> None:
    """Cut the connection under whoever reads from it."""
    if server.sock is not None:
        with suppress(OSError):
            # Not TLS's own method, which would pull the session from under whoever reads.
            socket.socket.shutdown(server.sock, socket.SHUT_RDWR)


@contextmanager
def _failures_explained() -> Iterator[None]:
    """Turn what the library raises into `DeliveryError`, without the addresses that it puts into its texts."""
    try:
        yield
    except OutboundRequestError as error:
        raise DeliveryError.from_outbound(error) from None
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(FailureKind.TLS_FAILED, error.verify_message) from None
    except ssl.SSLError as error:
        raise DeliveryError(FailureKind.TLS_FAILED, error.reason or "") from None
    except TimeoutError:
        raise DeliveryError(FailureKind.TIMED_OUT) from None
    except smtplib.SMTPResponseException as error:
        raise refusal(FailureKind.UNEXPECTED_ANSWER, error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPServerDisconnected as error:
        # What the library calls a closed connection may be one that nothing came through in time.
        is_late = isinstance(error.__context__, TimeoutError)
        raise DeliveryError(FailureKind.TIMED_OUT if is_late else FailureKind.UNREACHABLE) from None
    except smtplib.SMTPException:
        raise DeliveryError(FailureKind.UNEXPECTED_ANSWER) from None
    except OSError as error:
        raise DeliveryError(FailureKind.UNREACHABLE, error.strerror or "") from None
