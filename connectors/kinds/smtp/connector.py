"""Handing one message to an SMTP server."""

import smtplib
from collections.abc import Mapping
from typing import Any

from common.email_addresses import is_valid_email, with_canonical_domain
from connectors.factories import OutgoingMessage
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.smtp.connection import open_connection
from connectors.kinds.smtp.message import needs_smtputf8, render_message
from connectors.kinds.smtp.replies import refusal
from connectors.mailboxes import Mailbox, parse_mailbox


class SmtpConnector:
    """Speaks SMTP, and to the mailbox that was asked for or to none."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        if not is_valid_email(message.recipient):
            raise DeliveryError(FailureKind.RECIPIENT_REFUSED, permanent=True)
        sender = message.send_from or parse_mailbox(config["fromEmail"])
        recipient = Mailbox("", with_canonical_domain(message.recipient))
        reply_to = message.reply_to or (parse_mailbox(config["replyTo"]) if config.get("replyTo") else None)
        content = render_message(
            message,
            sender=sender,
            recipient=recipient,
            reply_to=reply_to,
            headers=config.get("customHeaders") or {},
        )
        with open_connection(config) as server:
            options = _options(server, is_utf8=needs_smtputf8(sender, recipient, reply_to))
            _expect(FailureKind.SENDER_REFUSED, server.mail(sender.address, options))
            _expect(FailureKind.RECIPIENT_REFUSED, server.rcpt(recipient.address))
            try:
                _expect(FailureKind.MESSAGE_REFUSED, server.data(content))
            except smtplib.SMTPDataError as error:
                raise refusal(FailureKind.MESSAGE_REFUSED, error.smtp_code, error.smtp_error) from None


def _options(server: smtplib.SMTP, *, is_utf8: bool) -> list[str]:
    """The parameters of MAIL. An address beyond ASCII needs SMTPUTF8: encoded, it would be somebody else's mailbox."""
    if not is_utf8:
        return []
    if not server.has_extn("smtputf8"):
        raise DeliveryError(FailureKind.ADDRESS_NOT_SUPPORTED)
    return ["SMTPUTF8", "BODY=8BITMIME"]


def _expect(kind: FailureKind, reply: tuple[int, bytes]) -> None:
    code, text = reply
    if not 200 <= code < 300:
        raise refusal(kind, code, text)
