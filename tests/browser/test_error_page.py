"""Somebody is sent with a mistake in the address: they see a page, and the developer is led to what was wrong."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from console.bootstrap import DEMO_POST_LOGOUT_URI, DEMO_REDIRECT_URI

WRONG = "https://app.example/callbak"


@pytest.fixture
def refused(home: str, installation: dict[str, Any], developer_page: Callable[..., Any]) -> Callable[..., Page]:
    """A developer, signed in to the console, follows a link of the demo application that is refused."""

    def follow(path: str, options: dict[str, Any] | None = None, **query: str) -> Page:
        # Another tab of the window: Chromium logs every answer of 400, and that it is one is what this is about.
        page: Page = developer_page(**(options or {})).context.new_page()
        parameters = {"client_id": installation["demoApp"]["clientId"], **query}
        page.goto(f"{home}/oidc/{path}?{urlencode(parameters)}")
        expect(page.get_by_role("heading", name="Something went wrong")).to_be_visible()
        return page

    return follow


def test_a_developer_is_led_to_the_application(refused: Callable[..., Page]) -> None:
    page = refused("auth", redirect_uri=WRONG)
    page.get_by_role("link", name="Details for developers").click()
    expect(page.locator(".gh-timeline code", has_text=WRONG).first).to_be_visible()
    expect(page.locator(".gh-timeline code", has_text=DEMO_REDIRECT_URI).first).to_be_visible()
    page.get_by_role("link", name="Open the application").click()
    expect(page.locator("#id_name")).to_have_value("DocuMind")


def test_a_sign_out_that_is_refused_is_explained_too(refused: Callable[..., Page]) -> None:
    page = refused("session/end", post_logout_redirect_uri=WRONG)
    page.get_by_role("link", name="Details for developers").press("Enter")
    expect(page.locator(".gh-timeline code", has_text=WRONG).first).to_be_visible()
    expect(page.locator(".gh-timeline").get_by_text(DEMO_POST_LOGOUT_URI, exact=True)).to_be_visible()


def test_the_page_fits_a_small_screen(refused: Callable[..., Page]) -> None:
    page = refused("auth", {"viewport": {"width": 320, "height": 640}}, client_id="nobody-" * 20)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
