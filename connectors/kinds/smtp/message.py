"""The text of an email (RFC 5322, 2045 and 6532)."""

from collections.abc import Mapping
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from common.clock import now
from common.email_addresses import split_email
from connectors.factories import OutgoingMessage
from connectors.mailboxes import Mailbox


class _UnfoldedHeader(str):
    """A header's value that is sent as it is: folded, a long word would be encoded, and no machine would read it."""

    __slots__ = ("name",)
    name: str

    def fold(self, *, policy: policy.EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def needs_smtputf8(*mailboxes: Mailbox | None) -> bool:
    """Whether a header with these addresses can be sent to servers with SMTPUTF8 alone (RFC 6531)."""
    return not all(mailbox.address.isascii() for mailbox in mailboxes if mailbox)


def render_message(
    message: OutgoingMessage,
    *,
    sender: Mailbox,
    recipient: Mailbox,
    reply_to: Mailbox | None,
    headers: Mapping[str, str],
) -> bytes:
    """Return a message as it goes over the wire, in lines of ASCII unless an address needs more."""
    # Without `utf8`, a local part beyond ASCII would be encoded like a name, which is another address.
    is_utf8 = needs_smtputf8(sender, recipient, reply_to)
    mail = EmailMessage(policy=policy.SMTPUTF8 if is_utf8 else policy.SMTP)
    mail["From"] = _address(sender)
    mail["To"] = _address(recipient)
    if reply_to:
        mail["Reply-To"] = _address(reply_to)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = make_msgid(domain=split_email(sender.address)[1])
    for name, value in headers.items():
        mail[name] = _unfolded(name, value) if value.isascii() else value
    _put_content(mail, message)
    return mail.as_bytes()


def _address(mailbox: Mailbox) -> Address:
    local, domain = split_email(mailbox.address)
    return Address(mailbox.name, local, domain)


def _unfolded(name: str, value: str) -> _UnfoldedHeader:
    header = _UnfoldedHeader(value)
    header.name = name
    return header


def _put_content(mail: EmailMessage, message: OutgoingMessage) -> None:
    # Quoted-printable passes every server; not all take lines of eight bits, or long ones.
    subtype = "html" if message.content_type == "text/html" else "plain"
    if subtype == "html" and message.text_content:
        mail.set_content(message.text_content, cte="quoted-printable")
        mail.add_alternative(message.content, subtype="html", cte="quoted-printable")
    else:
        mail.set_content(message.content, subtype=subtype, cte="quoted-printable")
