"""Django's mail backend, which connects to the address that was checked.

The host is a tenant's to choose. It is resolved once, when the connection is made; TLS still verifies the name.
"""

import smtplib
import socket
from typing import Any

from django.core.mail.backends import smtp

from common.http import checked_address


class _CheckedConnection:
    """Goes in front of smtplib's classes, which open their socket through this method."""

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        opened: socket.socket = super()._get_socket(checked_address(host, port), port, timeout)  # type: ignore[misc]
        return opened


class _Plain(_CheckedConnection, smtplib.SMTP):
    pass


class _Encrypted(_CheckedConnection, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Raises `OutboundRequestError` where the host may not be connected to."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Encrypted if self.use_ssl else _Plain
