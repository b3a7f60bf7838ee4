"""How messages leave the tenant: connectors and email templates in the console."""

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


def test_a_connector_is_set_up_and_tried(console: ConsoleDriver, read: Read) -> None:
    console.open("connectors/connector/add/")
    console.follow("Development mailbox (email)")
    connector = console.create()
    console.fill("Recipient", "zoe@example.com")
    console.submit("Send test message")
    console.sees("The test message is on its way to zoe@example.com.")
    assert read(f"connectors/{connector}")["connectorId"] == "development-mailbox-email"


def test_a_configuration_is_changed(console: ConsoleDriver, read: Read) -> None:
    console.open("connectors/connector/add/?kind=simple-mail-transfer-protocol")
    for label, value in (("Host", "mail.example.com"), ("Port", "587"), ("From", "Shop <shop@example.com>")):
        console.fill(label, value)
    console.fill("Username", "shop")
    console.fill("Password", "walnut")
    connector = console.create()
    console.fill("Port", "465")
    console.save()
    config = read(f"connectors/{connector}")["config"]
    assert (config["host"], config["port"], config["auth"]) == (
        "mail.example.com",
        465,
        {"user": "shop", "pass": "walnut"},
    )


def test_a_template_is_written_and_changed(console: ConsoleDriver, read: Read) -> None:
    console.open("connectors/emailtemplate/add/")
    console.choose("Message", "Sign-up code")
    console.choose("Language", "Deutsch")
    console.fill("Subject", "Willkommen: {{code}}")
    console.choose("Format", "Plain text")
    console.fill("Content", "Ihr Code ist {{code}}.")
    template = console.create()
    console.fill("Subject", "Guten Tag: {{code}}")
    console.save()
    held = read(f"email-templates/{template}")
    assert (held["languageTag"], held["templateType"]) == ("de", "Register")
    assert held["details"] == {
        "subject": "Guten Tag: {{code}}",
        "contentType": "text/plain",
        "content": "Ihr Code ist {{code}}.",
    }
