"""Whoever wonders why no code arrives finds when and why at the connector."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from common.actors import SYSTEM
from connectors.kinds.smtp import FACTORY_ID
from connectors.services.connectors import create_connector
from connectors.services.messages import send_message
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.mail_server import MailServer, run_mail_server


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with run_mail_server() as server:
        yield server


@pytest.fixture
def connector_id(home: str, installation: object, mail_server: MailServer) -> str:
    """An SMTP connector whose server refused a code."""
    config = {"host": "localhost", "port": mail_server.port, "fromEmail": "no-reply@example.com"}
    with enter_tenant("default"):
        connector = create_connector(factory_id=FACTORY_ID, config=config, actor=SYSTEM)
        mail_server.refusals["RCPT"] = "550 5.1.1 <bob@example.com> unknown"
        send_message(channel="email", recipient="bob@example.com", template_type="SignIn", payload={"code": "123456"})
    mail_server.refusals.clear()
    return connector.id


def test_a_failure_is_seen_looked_up_and_mended(
    console: ConsoleDriver, read: Read, connector_id: str, mail_server: MailServer
) -> None:
    address = f"connectors/connector/{connector_id}/change/"
    console.open(address)
    console.sees("A message (SignIn) was not delivered")
    console.sees("The server does not accept the recipient.")
    expect(console.page.get_by_text("bob@example.com")).to_have_count(0)
    assert read(f"connectors/{connector_id}")["lastFailure"]["reason"] == "recipient_refused"
    console.follow("All messages that were not delivered")
    console.sees("Message.DeliveryFailed")

    console.open(address)
    console.fill("From", "Acme, Inc. <post@example.com>")
    console.save()
    expect(console.page.get_by_text("was not delivered")).to_have_count(0)
    assert read(f"connectors/{connector_id}")["lastFailure"] is None
    console.fill("Recipient", "carol@example.com")
    console.submit("Send test message")
    console.sees("The test message is on its way to carol@example.com.")
    [received] = mail_server.received
    assert str(received.message["From"]) == '"Acme, Inc." <post@example.com>'
