"""Whole journeys in Chromium, from the application and back to it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from identity.models import User
from tests.browser.conftest import PASSWORD

Press = Callable[[Any, str], None]
NEW_PASSWORD = "copper lantern 77"


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def enter_code(page: Any, code_sent_to: Callable[[str], str], address: str) -> None:
    """Wait until the page asks for the code: only then is it certainly sent."""
    field = page.get_by_label("Verification code")
    field.wait_for()
    field.fill(code_sent_to(address))


def wait_for_home(page: Any) -> None:
    page.wait_for_url("**/home?**code=**")
    assert page.title() == "The shop"


def sign_out(page: Any, address: str, app_url: str) -> None:
    page.goto(address)
    page.wait_for_url(f"{app_url}/bye*")


def test_zoe_signs_up_out_and_in_and_forgets_her_password(
    new_page: Callable[..., Any],
    authorize: Callable[..., str],
    read_code: Callable[[str], str],
    sign_out_address: str,
    app_url: str,
) -> None:
    page = new_page()
    page.goto(authorize(first_screen="register"))
    page.get_by_label("Email address").fill("zoe@example.com")
    press(page, "Continue")
    # The sixth digit sends the form.
    enter_code(page, read_code, "zoe@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Continue")
    wait_for_home(page)

    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    page.get_by_label("Email address or username").fill("zoe@example.com")
    press(page, "Continue")
    page.get_by_label("Password", exact=True).fill("wrong")
    press(page, "Sign in")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    wait_for_home(page)

    sign_out(page, sign_out_address, app_url)
    page.goto(authorize(login_hint="zoe@example.com"))
    press(page, "Continue")
    page.get_by_role("link", name="Forgot your password?").click()
    press(page, "Send code")
    enter_code(page, read_code, "zoe@example.com")
    page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    press(page, "Save password")
    expect(page.get_by_role("status")).to_be_visible()
    page.get_by_label("Email address or username").fill("zoe@example.com")
    press(page, "Continue")
    page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    press(page, "Sign in")
    wait_for_home(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_alice_signs_in_by_code(
    new_page: Callable[..., Any],
    authorize: Callable[..., str],
    read_code: Callable[[str], str],
    alice: User,
    javascript: bool,
) -> None:
    page = new_page(java_script_enabled=javascript)
    page.goto(authorize())
    page.get_by_label("Email address or username").fill("alice@example.com")
    press(page, "Continue")
    press(page, "Sign in with a verification code instead")
    enter_code(page, read_code, "alice@example.com")
    if not javascript:
        press(page, "Continue")
    wait_for_home(page)


def test_a_password_can_be_looked_at(new_page: Callable[..., Any], authorize: Callable[..., str], alice: User) -> None:
    page = new_page()
    page.goto(authorize())
    page.get_by_label("Email address or username").fill("alice")
    page.keyboard.press("Enter")
    field = page.get_by_label("Password", exact=True)
    field.fill(PASSWORD)
    press(page, "Show password")
    expect(field).to_have_attribute("type", "text")
    press(page, "Show password")
    expect(field).to_have_attribute("type", "password")
    field.press("Enter")
    wait_for_home(page)


def test_another_code_is_asked_for_after_a_while(
    new_page: Callable[..., Any], authorize: Callable[..., str], alice: User
) -> None:
    page = new_page()
    page.goto(authorize())
    page.get_by_label("Email address or username").fill("alice@example.com")
    press(page, "Continue")
    press(page, "Sign in with a verification code instead")
    again = page.get_by_role("button", name="Send a new code")
    expect(again).to_be_disabled()
    expect(again).to_contain_text("(")
    expect(page.get_by_label("Verification code")).to_be_focused()
    expect(page.get_by_label("Verification code")).to_have_attribute("autocomplete", "one-time-code")
