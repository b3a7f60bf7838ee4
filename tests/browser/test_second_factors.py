"""Second factors in Chromium: bound by what a camera and an authenticator app would see, used, and refused."""

import base64
import io
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import zxingcpp
from django_otp.oath import TOTP
from PIL import Image
from playwright.sync_api import expect

from applications.models import Application
from common.actors import SYSTEM
from experience.services.settings import update_sign_in_experience
from identity.factors.totp.codes import new_secret, read_secret
from identity.factors.totp.service import bind_totp
from identity.models import Factor, User
from tenants.context import enter_tenant
from tests.browser.authenticator import VirtualAuthenticator
from tests.browser.conftest import PASSWORD
from tests.browser.test_journeys import press, sign_out, wait_for_home

Open = Callable[..., Any]
Settings = Callable[..., None]


class App:
    """An authenticator app that has scanned a code. Like a person it waits until a code is one it has not given yet."""

    def __init__(self, secret: str) -> None:
        self.clock = TOTP(read_secret(secret))
        self.given = -1

    @classmethod
    def scan(cls, picture: bytes) -> "App":
        """Read what a camera sees."""
        [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
        address = urlsplit(found.text)
        assert (address.scheme, address.netloc) == ("otpauth", "totp")
        assert unquote(address.path).endswith(":alice@example.com")
        return cls(parse_qs(address.query)["secret"][0])

    def code(self) -> str:
        """Return a code that counts now: a phone's clock may be a step ahead."""
        self.clock.time = time.time()
        self.clock.drift = 0
        now = self.clock.t()
        self.given = max(now, self.given + 1)
        self.clock.drift = self.given - now
        return f"{self.clock.token():06d}"


@pytest.fixture
def settings_of(application: Application) -> Settings:
    def change(*factors: str, policy: str = "Mandatory", **more: Any) -> None:
        with enter_tenant("default"):
            update_sign_in_experience({"mfa": {"factors": list(factors), "policy": policy}, **more}, actor=SYSTEM)

    return change


@pytest.fixture
def app(alice: User) -> App:
    """The app that alice has set up."""
    secret = new_secret()
    with enter_tenant("default"):
        bind_totp(alice, secret=secret, actor=SYSTEM)
    return App(secret)


NAMELESS = """() => [...document.querySelectorAll("input, button, a, img")]
  .filter((one) => one.checkVisibility() && !one.labels?.length)
  .filter((one) => !(one.textContent.trim() || one.ariaLabel || one.alt))
  .map((one) => one.outerHTML)"""


def check(page: Any) -> None:
    """What is true of every page, in every language: it fits, has one heading, and its controls have names."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.evaluate(NAMELESS) == []
    identifiers = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(identifiers) == len(set(identifiers))


def give_password(page: Any) -> None:
    page.get_by_label("Email address or username").fill("alice")
    press(page, "Continue")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def test_an_app_is_set_up_from_the_qr_code_and_its_code_works_once(
    new_page: Open,
    authorize: Callable[..., str],
    settings_of: Settings,
    alice: User,
    sign_out_address: str,
    app_url: str,
) -> None:
    settings_of("Totp", "WebAuthn")
    page = new_page()
    page.goto(authorize())
    give_password(page)
    page.get_by_role("link", name="Authenticator app").click()
    picture = page.get_by_role("img", name="QR code")
    app = App.scan(picture.screenshot())
    shown = page.locator("#secret").inner_text().replace(" ", "")
    assert read_secret(shown) == app.clock.key
    first = app.code()
    # The sixth digit sends the form.
    page.get_by_label("Verification code").fill(first)
    wait_for_home(page)

    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    give_password(page)
    field = page.get_by_label("Verification code")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("autocomplete", "one-time-code")
    field.fill(first)
    expect(page.get_by_text("The code of the authenticator app is wrong or was used already.")).to_be_visible()
    expect(field).to_be_focused()
    field.fill(f"{(second := app.code())[:3]} {second[3:]}")
    wait_for_home(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_qr_code_is_read_from_a_small_dark_screen(
    new_page: Open, authorize: Callable[..., str], settings_of: Settings, alice: User, scheme: str
) -> None:
    settings_of("Totp")
    page = new_page(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page.goto(authorize())
    give_password(page)
    page.get_by_role("img", name="QR code").wait_for()
    App.scan(page.screenshot(full_page=True))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_backup_codes_are_kept_and_let_alice_in_once(
    new_page: Open,
    authorize: Callable[..., str],
    settings_of: Settings,
    alice: User,
    app: App,
    sign_out_address: str,
    app_url: str,
) -> None:
    settings_of("Totp", "BackupCode")
    page = new_page(permissions=["clipboard-read", "clipboard-write"], accept_downloads=True)
    page.goto(authorize())
    give_password(page)
    page.get_by_label("Verification code").fill(app.code())
    press(page, "Show codes")
    listed = page.get_by_role("list", name="Backup codes").get_by_role("listitem")
    expect(listed).to_have_count(10)
    codes = listed.all_inner_texts()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download").click()
    assert started.value.suggested_filename == "backup-codes.txt"
    with open(started.value.path()) as file:
        assert file.read().split()[-10:] == codes
    press(page, "Copy")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").split() == codes
    page.evaluate("window.print = () => { document.title = 'Printed'; }")
    press(page, "Print")
    assert page.title() == "Printed"
    press(page, "I have saved the codes")
    wait_for_home(page)

    for expected in (True, False):
        sign_out(page, sign_out_address, app_url)
        page.goto(authorize())
        give_password(page)
        page.get_by_role("link", name="Try another way").click()
        page.get_by_role("link", name="Backup code").click()
        page.get_by_label("Backup code", exact=True).fill(codes[0])
        press(page, "Continue")
        if expected:
            wait_for_home(page)
    expect(page.get_by_text("The backup code is wrong or was used already.")).to_be_visible()


def test_another_factor_is_chosen_by_keyboard(
    new_page: Open,
    authorize: Callable[..., str],
    settings_of: Settings,
    alice: User,
    app: App,
    read_code: Callable[[str], str],
) -> None:
    """The list is reached and used without a mouse, and sends a code by mail."""
    codes_sign_nobody_in = {
        "signIn": {
            "methods": [
                {"identifier": kind, "password": True, "verificationCode": False, "isPasswordPrimary": True}
                for kind in ("username", "email")
            ]
        }
    }
    settings_of("Totp", "EmailVerificationCode", **codes_sign_nobody_in)
    page = new_page()
    page.goto(authorize())
    page.get_by_label("Email address or username").fill("alice")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Try another way").press("Enter")
    page.get_by_role("heading", name="Confirm it is you").wait_for()
    reached = []
    for _ in range(2):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.querySelector('strong').innerText"))
    assert reached == ["Authenticator app", "Email"]
    page.keyboard.press("Enter")
    expect(page.get_by_text("****@example.com")).to_be_visible()
    page.get_by_label("Verification code").fill(read_code("alice@example.com"))
    wait_for_home(page)


def test_a_trusted_device_is_not_asked_again(
    new_page: Open,
    authorize: Callable[..., str],
    settings_of: Settings,
    alice: User,
    app: App,
    sign_out_address: str,
    app_url: str,
) -> None:
    """With the box on the page the sixth digit does not send the form: there is time to tick it."""
    settings_of("Totp", trustedDevice={"enabled": True, "durationDays": 30})
    page = new_page()
    page.goto(authorize())
    give_password(page)
    page.get_by_label("Verification code").fill(app.code())
    page.get_by_label("Trust this device for 30 days").check()
    press(page, "Continue")
    wait_for_home(page)
    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    give_password(page)
    wait_for_home(page)
    with enter_tenant("default"):
        assert Factor.objects.get().counter > 0


@pytest.mark.parametrize("language", ["de", "ar", "ru"])
def test_every_page_fits_a_narrow_window_and_names_its_controls(
    new_page: Open,
    authorize: Callable[..., str],
    settings_of: Settings,
    alice: User,
    home: str,
    language: str,
) -> None:
    settings_of("Totp", "WebAuthn", "BackupCode", policy="PromptAtSignInAndSignUp")
    page = new_page(viewport={"width": 320, "height": 640})
    VirtualAuthenticator(page)
    page.goto(authorize(ui_locales=language))
    page.locator("#id_identifier").fill("alice")
    page.locator("main button[type=submit]").click()
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form .button").click()
    page.wait_for_url("**/mfa-onboarding?*")
    check(page)
    page.locator("main form .button").first.click()
    page.wait_for_url("**/mfa-binding?*")
    check(page)
    for factor in ("WebAuthn", "Totp"):
        page.goto(page.url.replace("/mfa-binding?", f"/mfa-binding/{factor}?").replace("/WebAuthn?", f"/{factor}?"))
        check(page)
    source = page.get_by_role("img").get_attribute("src")
    app = App.scan(base64.b64decode(source.partition(",")[2]))
    page.locator("#id_code").fill(app.code())
    page.wait_for_url("**/mfa-binding/BackupCode?*")
    check(page)
    page.locator("main form .button").click()
    page.locator(".codes li").first.wait_for()
    check(page)
