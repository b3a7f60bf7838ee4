"""What is configured works, or is refused with its reason before anybody misses a message."""

import pytest

from common.errors import AppError
from connectors.failures import DeliveryError, FailureKind
from tests.connectors.smtp import send
from tests.mail_server import MailServer, run_mail_server


def test_a_senders_name_may_hold_a_comma(mail_server: MailServer) -> None:
    send(mail_server.port, fromEmail="Acme, Inc. <a@example.com>", replyTo='"Acme, Inc. \\"Help\\"" <b@example.com>')
    [received] = mail_server.received
    [sender] = received.message["From"].addresses
    [reply_to] = received.message["Reply-To"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Acme, Inc.", "a@example.com")
    assert (reply_to.display_name, reply_to.addr_spec) == ('Acme, Inc. "Help"', "b@example.com")
    assert received.sender == "a@example.com"


@pytest.mark.parametrize("key", ["fromEmail", "replyTo"])
@pytest.mark.parametrize(
    "value",
    [
        "a@example.com, b@example.com",
        "Acme <a@example.com>, b@example.com",
        "A <a@example.com>, B <b@example.com>",
        "joe@work <a@example.com>",
        "Acme <a@example.com",
        "Acme",
        "a@example.com\r\nBcc: mallory@example.com",
        "Acme\n <a@example.com>",
        "a@example..com",
        f"a@{'b' * 64}.example",
    ],
)
def test_what_is_no_mailbox_is_refused(key: str, value: str) -> None:
    with pytest.raises(AppError) as refused:
        send(25, **{key: value})
    assert refused.value.code == "connector.invalid_config"
    [issue] = refused.value.data["issues"]
    assert issue["path"] == key
    assert issue["message"]


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"X-A": "b\r\nBcc: mallory@example.com"}, "customHeaders.X-A"),
        ({"X-A\r\nBcc": "b"}, "customHeaders.X-A\r\nBcc"),
        ({"X A": "b"}, "customHeaders.X A"),
        ({"X:A": "b"}, "customHeaders.X:A"),
        ({"Bcc": "mallory@example.com"}, "customHeaders.Bcc"),
        ({"content-type": "text/html"}, "customHeaders.content-type"),
        ({"X-A": "1", "x-a": "2"}, "customHeaders"),
        ({f"X-{number}": "1" for number in range(51)}, "customHeaders"),
    ],
)
def test_headers_that_would_break_the_message_are_refused(headers: dict[str, str], path: str) -> None:
    with pytest.raises(AppError) as refused:
        send(25, customHeaders=headers)
    assert [issue["path"] for issue in refused.value.data["issues"]] == [path]


def test_custom_headers_arrive_as_they_are(mail_server: MailServer) -> None:
    address = f"<https://example.com/{'u' * 300}>"
    send(mail_server.port, customHeaders={"List-Unsubscribe": address, "X-Greeting": "Grüße"})
    [received] = mail_server.received
    assert f"List-Unsubscribe: {address}\r\n".encode() in received.content
    assert received.message["X-Greeting"] == "Grüße"


@pytest.mark.parametrize("secret", ["pä ss€", " pass ", "pass", "p" * 300])
def test_a_password_may_have_any_letters(secret: str) -> None:
    with run_mail_server(asks_for_password=True) as server:
        send(server.port, auth={"type": "login", "user": "röbot", "pass": secret})
    assert server.credentials == [("röbot", secret)]


def test_empty_credentials_are_none(mail_server: MailServer) -> None:
    """The template of the configuration has them."""
    send(mail_server.port, auth={"user": "", "pass": ""})
    assert mail_server.received


@pytest.mark.parametrize(
    "auth",
    [
        {"user": "robot"},
        {"pass": "secret"},
        {"user": "ro\0bot", "pass": "secret"},
        {"user": "robot", "pass": "sec\nret"},
        {"type": "oauth", "user": "robot", "pass": "secret"},
        {"user": "robot", "pass": "secret", "password": "secret"},
    ],
)
def test_credentials_that_could_not_be_sent_are_refused(auth: dict[str, str]) -> None:
    with pytest.raises(AppError) as refused:
        send(25, auth=auth)
    assert refused.value.code == "connector.invalid_config"


def test_credentials_for_a_server_that_asks_for_none(mail_server: MailServer) -> None:
    with pytest.raises(DeliveryError) as refused:
        send(mail_server.port, auth={"user": "robot", "pass": "secret"})
    assert (refused.value.kind, refused.value.permanent) == (FailureKind.CREDENTIALS_NOT_ASKED, True)


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("MAIL", FailureKind.SENDER_REFUSED),
        ("RCPT", FailureKind.RECIPIENT_REFUSED),
        ("DATA", FailureKind.MESSAGE_REFUSED),
    ],
)
@pytest.mark.parametrize(("reply", "is_permanent"), [("450 4.2.0 greylisted", False), ("550 5.1.1 no such", True)])
def test_a_refusal_for_now_is_tried_again(
    mail_server: MailServer, command: str, kind: FailureKind, reply: str, is_permanent: bool
) -> None:
    """A greylisted recipient used to be given up at once."""
    mail_server.refusals[command] = reply
    with pytest.raises(DeliveryError) as refused:
        send(mail_server.port)
    assert (refused.value.kind, refused.value.permanent) == (kind, is_permanent)
    assert reply in refused.value.explanation


def test_wrong_credentials_are_told() -> None:
    with run_mail_server(asks_for_password=True) as server:
        server.refusals["AUTH"] = "refused"
        with pytest.raises(DeliveryError) as refused:
            send(server.port, auth={"user": "robot", "pass": "wrong"})
    assert (refused.value.kind, refused.value.permanent) == (FailureKind.CREDENTIALS_REFUSED, True)
