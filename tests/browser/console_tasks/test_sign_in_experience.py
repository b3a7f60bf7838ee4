"""The sign-in experience in the console: a setting of each section, and the preview that shows it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from common.actors import SYSTEM
from connectors.services.connectors import create_connector
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver

Change = Callable[[ConsoleDriver], Any]
Holds = Callable[[Any], bool]


@pytest.fixture
def messages(installation: dict[str, Any]) -> None:
    """Email and SMS can be sent."""
    with enter_tenant("default"):
        for channel in ("email", "sms"):
            create_connector(factory_id=f"development-mailbox-{channel}", config={}, actor=SYSTEM)


_SETTINGS: list[tuple[str, Change, Holds]] = [
    (
        "Branding",
        lambda console: console.fill("Logo", "https://cdn.example/logo.svg"),
        lambda settings: settings["branding"]["logoUrl"] == "https://cdn.example/logo.svg",
    ),
    (
        "Branding",
        lambda console: console.fill("Custom CSS", "h1 { font-style: italic }"),
        lambda settings: settings["customCss"] == "h1 { font-style: italic }",
    ),
    (
        "Sign-in",
        lambda console: console.switch("Code by SMS"),
        lambda settings: "PhoneVerificationCode" in settings["forgotPasswordMethods"],
    ),
    (
        "Usernames",
        lambda console: console.fill("Longest username", "40"),
        lambda settings: settings["usernamePolicy"]["maxLength"] == 40,
    ),
    (
        "Content",
        lambda console: console.choose("Default language", "Português"),
        lambda settings: settings["languageInfo"]["fallbackLanguage"] == "pt-PT",
    ),
]


@pytest.mark.parametrize(
    ("section", "change", "holds"), _SETTINGS, ids=[f"{row[0]}-{n}" for n, row in enumerate(_SETTINGS)]
)
def test_a_setting_is_changed(
    console: ConsoleDriver, read: Read, messages: None, section: str, change: Change, holds: Holds
) -> None:
    console.open("experience/signinexperience/")
    console.open_tab(section)
    change(console)
    console.save()
    assert holds(read("sign-in-exp"))


def test_sign_up_by_phone_needs_sign_in_by_phone(console: ConsoleDriver, read: Read, messages: None) -> None:
    """Refused at the very control that is to be changed, in a section that opens by itself."""
    console.open("experience/signinexperience/")
    console.open_tab("Sign-up")
    console.choose("Sign-up identifier", "Phone number")
    console.switch("Verify at sign-up")
    console.submit()
    expect(console.field("Phone number")).to_have_attribute("aria-invalid", "true")
    console.choose("Phone number", "Code, or password")
    console.save()
    settings = read("sign-in-exp")
    assert (settings["signUp"]["identifiers"], settings["signUp"]["verify"]) == (["phone"], True)
    assert "phone" in {method["identifier"] for method in settings["signIn"]["methods"]}


def test_the_preview_shows_the_sign_in_page(console: ConsoleDriver, installation: dict[str, Any]) -> None:
    console.open("experience/signinexperience/")
    with console.page.expect_popup() as opened:
        console.activate(console.page.get_by_role("link", name="Try it"))
    preview = opened.value
    preview.get_by_role("button", name="Sign in").press("Enter")
    expect(preview.get_by_role("heading", name="Sign in")).to_be_visible()
