"""How messages leave the tenant: connectors and email templates in the console."""

from playwright.sync_api import expect

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
        {"type": "login", "user": "shop", "pass": "walnut"},
    )


def test_a_mail_server_is_logged_in_to_with_a_token(console: ConsoleDriver, read: Read) -> None:
    """What belongs to one way to log in is asked for there alone, and goes when the other is chosen."""
    console.open("connectors/connector/add/?kind=simple-mail-transfer-protocol")
    for label, value in (("Host", "smtp.office365.com"), ("Port", "587"), ("From", "shop@example.com")):
        console.fill(label, value)
    expect(console.page.get_by_label("Client ID")).to_be_hidden()
    console.choose("Credentials", "OAuth 2.0")
    expect(console.page.get_by_label("Password", exact=True)).to_be_hidden()
    token_endpoint = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
    console.fill("Username", "shop@example.com")
    console.fill("Client ID", "client")
    console.fill("Client secret", "walnut")
    console.fill("Scope", "https://outlook.office365.com/.default")
    console.fill("Token endpoint", token_endpoint)
    connector = console.create()
    assert read(f"connectors/{connector}")["config"]["auth"] == {
        "type": "oauth2",
        "user": "shop@example.com",
        "clientId": "client",
        "clientSecret": "walnut",
        "scope": "https://outlook.office365.com/.default",
        "accessUrl": token_endpoint,
    }
    console.choose("Credentials", "Password")
    console.fill("Password", "tractor")
    console.save()
    auth = {"type": "login", "user": "shop@example.com", "pass": "tractor"}
    assert read(f"connectors/{connector}")["config"]["auth"] == auth


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


def test_a_template_is_seen_before_it_is_sent(console: ConsoleDriver, read: Read) -> None:
    """The built-in words are shown, taken over, changed; the email is looked at as readers will see it."""
    console.open("connectors/emailtemplate/add/")
    panel = console.page.locator("[data-mail-preview]")
    email = panel.frame_locator("iframe")
    expect(email.get_by_text("Use this code to sign in.")).to_be_visible()
    console.choose("Message", "Invitation to an organization")
    expect(email.get_by_text("Bob Lindqvist has invited you to join Hill Farm.")).to_be_visible()
    console.press("Begin with them")
    expect(console.field("Subject")).to_have_value("You are invited")
    console.fill("Subject", "Welcome to {{organization.name}}")
    expect(panel.locator("[data-subject]")).to_have_text("Welcome to Hill Farm")
    console.press("Plain text")
    expect(panel.locator("pre")).to_contain_text("https://example.com/join")
    console.press("Phone")
    expect(panel.locator("iframe")).to_have_css("width", "320px")
    template = console.create()
    held = read(f"email-templates/{template}")["details"]
    assert held["subject"] == "Welcome to {{organization.name}}"
    assert "{{link}}" in held["content"]
    assert "{{link}}" in held["textContent"]
