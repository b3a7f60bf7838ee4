"""Two windows of one application, and forms that an application's own site posts to the provider."""

from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from applications.models import Application
from identity.models import User
from tests.browser.conftest import PASSWORD


def sign_in(page: Any) -> None:
    page.locator("[name=identifier]").fill("alice")
    page.locator("button.button").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("button.button").click()


def test_two_windows_each_finish_their_own_request(
    new_page: Callable[..., Any], authorize: Callable[..., str], alice: User
) -> None:
    """The window opened first was answered with the state of the second, and the second was dead."""
    first = new_page()
    first.goto(authorize(state="first"))
    second = first.context.new_page()
    second.goto(authorize(state="second"))
    for window, state in ((first, "first"), (second, "second")):
        sign_in(window)
        window.wait_for_url("**/home?*")
        assert f"state={state}" in window.url
        assert "code=" in window.url


def post_from_application(page: Any, app_url: str, address: str) -> None:
    """Send the query of an address as a form of a page at another site."""
    parts = urlsplit(address)
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in parse_qsl(parts.query)
    )
    target = f"{parts.scheme}://{parts.netloc}{parts.path}"
    page.goto(f"{app_url}/bye")
    page.set_content(f'<form method="post" action="{target}">{fields}<button>Go</button></form>')
    page.get_by_role("button", name="Go").click()


def test_an_application_posts_its_requests(
    new_page: Callable[..., Any],
    authorize: Callable[..., str],
    sign_out_address: str,
    alice: User,
    application: Application,
    app_url: str,
) -> None:
    """A post from another site comes without the session's cookie: nobody was signed out."""
    page = new_page()
    page.goto(authorize())
    sign_in(page)
    page.wait_for_url("**/home?*")
    post_from_application(page, app_url, authorize(state="posted"))
    page.wait_for_url("**/home?*state=posted*")
    assert "code=" in page.url, "the session was seen"
    post_from_application(page, app_url, sign_out_address)
    page.wait_for_url("**/bye")
    page.goto(authorize(prompt="none"))
    page.wait_for_url("**/home?*error=login_required*")
