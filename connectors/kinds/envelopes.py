"""Who a message is from, to whom it goes, and its parts, as providers' APIs ask for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Any

from common.email_addresses import is_valid_email, split_email, with_canonical_domain
from connectors.factories import OutgoingMessage
from connectors.failures import DeliveryError, FailureKind
from connectors.mailboxes import Mailbox, parse_mailbox


@dataclass(frozen=True, slots=True)
class Envelope:
    """The mailboxes of an email."""

    sender: Mailbox
    recipient: str
    reply_to: Mailbox | None


def address_email(message: OutgoingMessage, *, sender: str, sender_name: str = "", reply_to: str = "") -> Envelope:
    """Return the mailboxes of an email: those of its template, else the connector's own.

    Raises `DeliveryError` if the recipient is no address.
    """
    own = parse_mailbox(sender)
    return Envelope(
        sender=message.send_from or Mailbox(sender_name or own.name, own.address),
        recipient=email_recipient(message),
        reply_to=message.reply_to or (parse_mailbox(reply_to) if reply_to else None),
    )


def email_recipient(message: OutgoingMessage) -> str:
    """Return the recipient with the domain that DNS sees; raises `DeliveryError` if it is no address."""
    if not is_valid_email(message.recipient):
        raise DeliveryError(FailureKind.RECIPIENT_REFUSED, permanent=True)
    return with_canonical_domain(message.recipient)


def in_header_form(mailbox: Mailbox) -> str:
    """Return `name <address>`, the name quoted where it must be."""
    local, domain = split_email(mailbox.address)
    return str(Address(mailbox.name, local, domain))


def subject_of(message: OutgoingMessage) -> str:
    """Return the subject in one line."""
    return " ".join(message.subject.split())


def bodies_of(message: OutgoingMessage) -> tuple[str, str]:
    """Return the text and the HTML of an email; either may be empty."""
    if message.content_type == "text/html":
        return message.text_content, message.content
    return message.content, ""


def code_of(payload: Mapping[str, Any]) -> str:
    """Return what a template with one place is filled with: the code, or the link if there is none."""
    return str(payload.get("code") or payload.get("link") or "")
