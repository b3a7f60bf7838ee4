"""A message goes to the mailbox that was asked for, or to none."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.email_addresses import is_valid_email, with_canonical_domain
from connectors.factories import OutgoingMessage
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.smtp.message import render_message
from connectors.mailboxes import Mailbox
from tests.connectors.smtp import send
from tests.mail_server import MailServer, run_mail_server


def test_letters_beyond_ascii_arrive_where_the_server_takes_them(mail_server: MailServer) -> None:
    """`jörg@` used to be encoded like a name, `=?utf-8?b?…?=@`: a mailbox of somebody else."""
    send(mail_server.port, "jörg@bücher.example")
    [received] = mail_server.received
    assert received.recipients == ["jörg@xn--bcher-kva.example"]
    assert "SMTPUTF8" in received.options
    assert received.message["To"].addresses[0].addr_spec == "jörg@xn--bcher-kva.example"
    assert b"=?" not in received.content


@pytest.mark.parametrize(
    ("recipient", "config"),
    [
        ("jörg@example.com", {}),
        ("bob@example.com", {"fromEmail": "post@example.com", "replyTo": "jörg@example.com"}),
        ("bob@example.com", {"fromEmail": "Acme <grüße@example.com>"}),
    ],
)
def test_without_smtputf8_such_an_address_is_refused(recipient: str, config: dict[str, Any]) -> None:
    with run_mail_server(takes_utf8=False) as server:
        with pytest.raises(DeliveryError) as refused:
            send(server.port, recipient, **config)
        assert (refused.value.kind, refused.value.permanent) == (FailureKind.ADDRESS_NOT_SUPPORTED, True)
        assert "SMTPUTF8" in refused.value.explanation
        assert server.received == []


def test_domains_are_sent_as_dns_has_them_to_every_server() -> None:
    """Older rules turn `straße.example` into `strasse.example`, which may be somebody else's."""
    with run_mail_server(takes_utf8=False) as server:
        send(
            server.port,
            "alice@straße.example",
            fromEmail="Bücher <post@bücher.example>",
            replyTo="Fragen <fragen@bücher.example>",
        )
    [received] = server.received
    assert received.recipients == ["alice@xn--strae-oqa.example"]
    assert received.sender == "post@xn--bcher-kva.example"
    assert received.content.isascii()
    assert str(received.message["From"]) == "Bücher <post@xn--bcher-kva.example>"
    assert str(received.message["Reply-To"]) == "Fragen <fragen@xn--bcher-kva.example>"


def test_an_address_that_is_none_gets_no_mail(mail_server: MailServer) -> None:
    with pytest.raises(DeliveryError) as refused:
        send(mail_server.port, "alice@⒈com.example")
    assert (refused.value.kind, refused.value.permanent) == (FailureKind.RECIPIENT_REFUSED, True)
    assert mail_server.received == []


LOCAL = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=64)


@settings(max_examples=300, deadline=None)
@given(local=LOCAL, name=st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=60))
def test_headers_name_the_very_address(local: str, name: str) -> None:
    address = f"{local}@example.com"
    if not is_valid_email(address):
        return
    mailbox = Mailbox(name, with_canonical_domain(address))
    message = OutgoingMessage("email", address, "Generic", "Hello", "123456")
    rendered = render_message(message, sender=mailbox, recipient=mailbox, reply_to=None, headers={})
    head = rendered.partition(b"\r\n\r\n")[0].decode().replace("\r\n ", " ")
    assert f"<{address}>" in head or f": {address}\r\n" in head
