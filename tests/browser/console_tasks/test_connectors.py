"""Whoever wonders why no code arrives finds when and why at the connector."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from common.actors import SYSTEM
from connectors.kinds.smtp import FACTORY_ID
from connectors.services.connectors import create_connector
from connectors.services.messages import send_message
from tenants.context import enter_tenant
from tests.mail_server import MailServer, run_mail_server

AtWork = Callable[..., Page]
Save = Callable[[Page], None]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with run_mail_server() as server:
        yield server


@pytest.fixture
def connector_id(home: str, carol: object, mail_server: MailServer) -> str:
    """An SMTP connector whose server refused a code."""
    config = {"host": "localhost", "port": mail_server.port, "fromEmail": "no-reply@example.com"}
    with enter_tenant("default"):
        connector = create_connector(factory_id=FACTORY_ID, config=config, actor=SYSTEM)
        mail_server.refusals["RCPT"] = "550 5.1.1 <bob@example.com> unknown"
        send_message(channel="email", recipient="bob@example.com", template_type="SignIn", payload={"code": "123456"})
    mail_server.refusals.clear()
    return connector.id


def test_a_failure_is_seen_looked_up_and_mended(
    at_work: AtWork, connector_id: str, mail_server: MailServer, save: Save
) -> None:
    page = at_work(f"connectors/connector/{connector_id}/change/")
    note = page.get_by_role("status").filter(has_text="was not delivered")
    expect(note).to_contain_text("The server does not accept the recipient.")
    expect(page.get_by_text("bob@example.com")).to_have_count(0)

    note.get_by_role("link").press("Enter")
    expect(page.get_by_role("link", name="Message.DeliveryFailed")).to_be_visible()
    page.go_back()

    page.get_by_role("textbox", name="From").fill("Acme, Inc. <post@example.com>")
    save(page)
    expect(note).to_have_count(0)
    page.get_by_label("Recipient").fill("carol@example.com")
    page.get_by_role("button", name="Send test message").press("Enter")
    expect(page.get_by_text("is on its way")).to_be_visible()
    [received] = mail_server.received
    assert str(received.message["From"]) == '"Acme, Inc." <post@example.com>'
