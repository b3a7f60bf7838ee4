"""A sign-in survives people: whatever they do, they end on a page that says what happened and how to go on."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from experience.services.settings import update_sign_in_experience
from identity.models import User
from oidc.models import AuthorizationRequest, Session
from tenants.context import enter_tenant
from tests.browser.conftest import PASSWORD
from tests.browser.test_journeys import press, wait_for_home

Authorize = Callable[..., str]
NewPage = Callable[..., Page]

LINK = "Back to Orchard Travel"


def give_name(page: Page, name: str = "alice") -> None:
    page.get_by_label("Email address or username").fill(name)
    press(page, "Continue")
    page.get_by_label("Password", exact=True).wait_for()


def give_password(page: Page) -> None:
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def go_back_to_app(page: Page, app_url: str) -> None:
    """Follow the page's link to the application."""
    page.get_by_role("link", name=LINK).click()
    page.wait_for_url(f"{app_url}/")


@pytest.fixture
def at_password(new_page: NewPage, authorize: Authorize, alice: User) -> Page:
    """Alice has said who she is, and is asked for her password."""
    page = new_page()
    page.goto(authorize())
    give_name(page)
    return page


@pytest.fixture
def asked_for_code(new_page: NewPage, authorize: Authorize, alice: User) -> Page:
    """Alice has been sent a code, and is asked for it."""
    page = new_page()
    page.goto(authorize())
    give_name(page, "alice@example.com")
    press(page, "Sign in with a verification code instead")
    page.get_by_label("Verification code").wait_for()
    return page


def test_the_back_button_leads_to_a_form_that_works(at_password: Page) -> None:
    """Somebody mistypes the name, goes back and says it again; a page out of the browser's cache sends its form too."""
    at_password.go_back()
    # As a browser does that kept the page as it was left: with its form sent.
    at_password.evaluate(
        "for (const form of document.forms) form.ariaBusy = 'true';"
        "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    )
    give_name(at_password, "alice@example.com")
    expect(at_password.get_by_text("alice@example.com")).to_be_visible()
    give_password(at_password)
    wait_for_home(at_password)


def test_reloading_a_page_loses_nothing(asked_for_code: Page, read_code: Callable[[str], str]) -> None:
    asked_for_code.reload()
    asked_for_code.get_by_label("Verification code").fill(read_code("alice@example.com"))
    wait_for_home(asked_for_code)


def test_two_tabs_of_one_sign_in_end_with_a_word(at_password: Page, app_url: str) -> None:
    """A duplicated tab is finished first; the other one says so instead of signing in again."""
    second = at_password.context.new_page()
    second.goto(at_password.url)
    give_password(second)
    wait_for_home(second)
    give_password(at_password)
    expect(at_password.get_by_role("heading", name="You are signed in")).to_be_visible()
    go_back_to_app(at_password, app_url)


def test_two_windows_of_one_application_do_not_disturb_each_other(at_password: Page, authorize: Authorize) -> None:
    second = at_password.context.new_page()
    second.goto(authorize(state="second"))
    give_name(second)
    give_password(at_password)
    wait_for_home(at_password)
    give_password(second)
    second.wait_for_url("**/home?**state=second**")


def test_a_browser_that_returns_after_an_hour(at_password: Page, app_url: str) -> None:
    """The request has expired, and so have the cookies that name it. Others are still there."""
    with enter_tenant("default"):
        AuthorizationRequest.objects.update(expires_at=now() - timedelta(seconds=1))
    for name in ("_interaction", "_interaction.sig"):
        at_password.context.clear_cookies(name=name)
    give_password(at_password)
    expect(at_password.get_by_role("heading", name="This session has ended")).to_be_visible()
    go_back_to_app(at_password, app_url)


def test_an_expired_request_beside_one_that_lives(at_password: Page, authorize: Authorize) -> None:
    """The application has asked again meanwhile, in another tab: the old one leads there."""
    with enter_tenant("default"):
        AuthorizationRequest.objects.update(expires_at=now() - timedelta(seconds=1))
    at_password.context.new_page().goto(authorize())
    at_password.reload()
    at_password.get_by_role("link", name="Start again").click()
    give_name(at_password)
    give_password(at_password)
    wait_for_home(at_password)


def test_a_page_that_is_opened_on_another_device(at_password: Page, new_page: NewPage, app_url: str) -> None:
    """An address out of the middle of a journey is worth nothing elsewhere, and says where to begin."""
    phone = new_page(viewport={"width": 390, "height": 700})
    phone.goto(at_password.url)
    expect(phone.get_by_role("heading", name="This session has ended")).to_be_visible()
    go_back_to_app(phone, app_url)


@pytest.mark.parametrize(
    "write",
    [
        lambda code: f" {code[:3]} {code[3:]}\n",
        lambda code: f"{code[:3]}–{code[3:]}",
        lambda code: "\u200b".join(code),
        lambda code: code.translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
        lambda code: code.translate({48 + digit: 0x0660 + digit for digit in range(10)}),
    ],
    ids=["spaces", "dash", "invisible signs", "full width", "Arabic-Indic"],
)
def test_a_code_is_pasted_as_it_came(
    asked_for_code: Page, read_code: Callable[[str], str], write: Callable[[str], str]
) -> None:
    """Pasting it is enough: the page sends it."""
    code = write(read_code("alice@example.com"))
    field = asked_for_code.get_by_label("Verification code")
    field.evaluate("(field, text) => { field.focus(); document.execCommand('insertText', false, text); }", code)
    wait_for_home(asked_for_code)


def test_the_language_is_switched_on_the_way(at_password: Page) -> None:
    """The browser's language counts on each page, and the journey goes on."""
    changed = {"userAgent": at_password.evaluate("navigator.userAgent"), "acceptLanguage": "ar"}
    at_password.context.new_cdp_session(at_password).send("Network.setUserAgentOverride", changed)
    at_password.reload()
    expect(at_password.locator("html")).to_have_attribute("dir", "rtl")
    at_password.locator("[type=password]").fill(PASSWORD)
    at_password.locator("form button.button").first.click()
    wait_for_home(at_password)


def test_a_browser_that_refuses_cookies_is_told(
    new_page_without_cookies: NewPage, authorize: Authorize, app_url: str
) -> None:
    """Without cookies nothing can be signed in to, and without scripts it is said as well."""
    page = new_page_without_cookies(java_script_enabled=False)
    page.goto(authorize())
    expect(page.get_by_role("heading", name="Cookies are turned off")).to_be_visible()
    go_back_to_app(page, app_url)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_click_signs_in_once(new_page: NewPage, authorize: Authorize, alice: User, scripts: bool) -> None:
    """Without scripts both clicks send the form: the second one goes where the first one went."""
    page = new_page(java_script_enabled=scripts)
    page.goto(authorize())
    give_name(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).dblclick()
    wait_for_home(page)
    with enter_tenant("default"):
        assert Session.objects.count() == 1


def test_a_finished_page_is_opened_from_the_history(at_password: Page, app_url: str) -> None:
    address = at_password.url
    give_password(at_password)
    wait_for_home(at_password)
    at_password.goto(address)
    expect(at_password.get_by_role("heading", name="You are signed in")).to_be_visible()
    go_back_to_app(at_password, app_url)


def test_cookies_are_cleared_on_the_way(new_page: NewPage, authorize: Authorize, alice: User, app_url: str) -> None:
    """The form cannot be sent any more: its page says so, and leads to what is left."""
    # Another tab of the window: Chromium logs every answer of 403.
    page = new_page().context.new_page()
    page.goto(authorize())
    give_name(page)
    page.context.clear_cookies()
    give_password(page)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="This session has ended")).to_be_visible()
    go_back_to_app(page, app_url)


def test_a_way_is_switched_off_on_the_way(asked_for_code: Page, read_code: Callable[[str], str]) -> None:
    """The tenant no longer lets users sign in by code: whoever has just entered one chooses another way."""
    methods = [{"identifier": "email", "password": True, "verificationCode": False, "isPasswordPrimary": True}]
    code = read_code("alice@example.com")
    with enter_tenant("default"):
        update_sign_in_experience({"signIn": {"methods": methods}}, actor=SYSTEM)
    asked_for_code.get_by_label("Verification code").fill(code)
    expect(asked_for_code.get_by_role("status")).to_contain_text("no longer available")
    asked_for_code.get_by_label("Email address").fill("alice@example.com")
    asked_for_code.get_by_label("Password", exact=True).fill(PASSWORD)
    press(asked_for_code, "Sign in")
    wait_for_home(asked_for_code)


def test_the_application_is_deleted_on_the_way(at_password: Page, application: Application) -> None:
    """Nobody knows where to go back to: the page says that it has ended, and no more."""
    with enter_tenant("default"):
        Application.objects.filter(id=application.id).delete()
    give_password(at_password)
    expect(at_password.get_by_role("heading", name="This session has ended")).to_be_visible()
    expect(at_password.get_by_role("link", name=LINK)).to_have_count(0)
