"""Answering a device in a real browser: on a telephone, in the dark, from right to left."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from applications.models import Application
from identity.models import User
from tenants.context import enter_tenant
from tests.browser.conftest import PASSWORD
from tests.oidc.device.devices import Device, make_device_application

_SCOPE = "openid profile email offline_access urn:logto:scope:organizations"


@pytest.fixture
def start(application: Application, home: str) -> Callable[..., Device]:
    """Let a television ask."""
    with enter_tenant("default"):
        television = make_device_application()

    def begin(**parameters: str) -> Device:
        http = Client(HTTP_HOST=home.removeprefix("http://"))
        return Device(television, http=http).start(**{"scope": _SCOPE, **parameters})

    return begin


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_in(page: Any) -> None:
    page.get_by_label("Email address or username").fill("alice")
    press(page, "Continue")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_code_is_typed_on_a_telephone(
    new_page: Callable[..., Any], start: Callable[..., Device], home: str, alice: User, scripts: bool
) -> None:
    tv = start()
    assert tv.codes["verification_uri"] == f"{home}/device"
    page = new_page(viewport={"width": 320, "height": 640}, java_script_enabled=scripts)
    page.goto(tv.codes["verification_uri"])
    page.get_by_label("Code").fill(tv.user_code.replace("-", " ").lower())
    press(page, "Continue")
    sign_in(page)
    page.get_by_role("heading", name="Let Orchard TV use your account?").wait_for()
    expect(page.get_by_text(tv.user_code)).to_be_visible()
    expect(page.get_by_text("alice@example.com")).to_be_visible()
    assert tv.error()[1] == "authorization_pending"
    press(page, "Allow")
    page.get_by_role("heading", name="Your device is connected").wait_for()
    assert tv.poll().status_code == 200


def test_the_link_is_declined(new_page: Callable[..., Any], start: Callable[..., Device], alice: User) -> None:
    tv, page = start(), new_page()
    page.goto(tv.codes["verification_uri_complete"])
    page.get_by_role("heading", name="Connect Orchard TV?").wait_for()
    press(page, "Cancel")
    expect(page.get_by_role("alert")).to_have_text("You declined. The device gets no access.")
    assert tv.error()[1] == "access_denied"


def test_a_wrong_code_is_mended(new_page: Callable[..., Any], start: Callable[..., Device], alice: User) -> None:
    tv, page = start(), new_page()
    page.goto(tv.codes["verification_uri"])
    page.keyboard.type("bcdf-ghjk")
    page.keyboard.press("Enter")
    page.get_by_text("There is no such code.").wait_for()
    field = page.get_by_label("Code")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    field.fill(tv.user_code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in?**")


@pytest.mark.parametrize("locales", ["de", "ar", "ru", "ja"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_window_never_scrolls_sideways(
    new_page: Callable[..., Any], start: Callable[..., Device], home: str, alice: User, locales: str, scheme: str
) -> None:
    tv = start(ui_locales=locales)
    page = new_page(viewport={"width": 320, "height": 640}, locale=locales, color_scheme=scheme)

    def assert_fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 320

    for address in (f"{home}/device", f"{home}/device?error=NotFoundError&input_code=BCDF-GHJK"):
        page.goto(address)
        assert_fits()
    page.goto(tv.codes["verification_uri_complete"])
    assert page.locator("html").get_attribute("lang") == locales
    assert_fits()
    page.locator("button.button").click()
    page.locator("[name=identifier]").fill("alice")
    page.locator("button.button").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("button.button").click()
    page.locator("[value=allow]").wait_for()
    assert_fits()
    page.locator("[value=allow]").click()
    page.wait_for_url("**/device/success")
    assert_fits()


def test_a_browser_that_refuses_cookies_is_told_once(
    new_page_without_cookies: Callable[..., Any], application: Application, home: str
) -> None:
    """Otherwise the page and the provider would send it to each other until the browser gives up."""
    page = new_page_without_cookies(viewport={"width": 390, "height": 700})
    page.goto(f"{home}/device?input_code=BCDF-GHJK")
    page.get_by_role("heading", name="Cookies are turned off").wait_for()
    expect(page.get_by_role("link", name="Try again")).to_have_attribute("href", "/device?input_code=BCDF-GHJK")
