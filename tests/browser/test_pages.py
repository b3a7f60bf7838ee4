"""What a browser makes of a page: its weight, its width, its colors, its way through the keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from applications.models import Application
from common.actors import SYSTEM
from experience.services.settings import update_sign_in_experience
from tenants.context import enter_tenant


@pytest.fixture
def branded(application: Application, app_url: str) -> None:
    with enter_tenant("default"):
        update_sign_in_experience(
            {
                "branding": {"logoUrl": f"{app_url}/logo.svg"},
                "singleSignOnEnabled": True,
                "termsOfUseUrl": "https://example.com/terms",
                "privacyPolicyUrl": "https://example.com/privacy",
                "agreeToTermsPolicy": "Manual",
                "customCss": "h1 { font-style: italic }",
                "color": {"primaryColor": "#0b8457", "isDarkModeEnabled": True, "darkPrimaryColor": "#5fd3a5"},
            },
            actor=SYSTEM,
        )


def test_the_first_screen_is_light(new_page: Callable[..., Any], authorize: Callable[..., str], branded: None) -> None:
    page = new_page()
    sizes: list[int] = []

    def weigh(answer: Any) -> None:
        if answer.status < 300:
            sizes.append(len(answer.body()))

    page.on("response", weigh)
    page.goto(authorize(), wait_until="networkidle")
    assert len(sizes) <= 4
    assert sum(sizes) <= 30_000
    assert page.evaluate("[...document.scripts].map((script) => Boolean(script.nonce))") == [True]
    page.wait_for_function("document.querySelector('.brand img').naturalWidth > 0")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontStyle") == "italic"


@pytest.mark.parametrize("locales", ["de", "ar", "ru"])
@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/register", "/forgot-password", "/unknown-session", "/one-time-token/error", "/single-sign-on/email"],
)
def test_a_narrow_window_never_scrolls_sideways(
    new_page: Callable[..., Any], authorize: Callable[..., str], branded: None, home: str, locales: str, path: str
) -> None:
    page = new_page(viewport={"width": 320, "height": 640})
    page.goto(authorize(ui_locales=locales))
    page.goto(home + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("scheme", "accent"), [("light", "rgb(11, 132, 87)"), ("dark", "rgb(95, 211, 165)")])
def test_the_accent_follows_the_color_scheme(
    new_page: Callable[..., Any], authorize: Callable[..., str], branded: None, scheme: str, accent: str
) -> None:
    page = new_page(color_scheme=scheme)
    page.goto(authorize())
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).backgroundColor") == accent


def test_the_keyboard_reaches_everything_in_order(
    new_page: Callable[..., Any], authorize: Callable[..., str], application: Application
) -> None:
    page = new_page()
    page.goto(authorize())
    # `autofocus` takes effect some time after the page is there.
    expect(page.locator("#id_identifier")).to_be_focused()
    reached = []
    for _ in range(3):
        reached.append(page.evaluate("document.activeElement.innerText || document.activeElement.name"))
        page.keyboard.press("Tab")
    assert reached == ["identifier", "Continue", "Create account"]


def test_a_mail_in_the_mailbox_runs_no_script(
    new_page: Callable[..., Any], authorize: Callable[..., str], application: Application, home: str
) -> None:
    page = new_page()
    page.goto(authorize(first_screen="register"))
    page.get_by_label("Email address").fill("zoe@example.com")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Verification code").wait_for()
    page.goto(f"{home}/development/mailbox")
    page.get_by_text("Message", exact=True).click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text(str(page.locator("output").text_content()))).to_be_visible()
    expect(page.locator("iframe")).to_have_attribute("sandbox", "allow-popups")
