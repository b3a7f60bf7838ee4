"""Magic links in Chromium: from the mail by the application to its home, with and without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from common.actors import SYSTEM
from identity.models import OneTimeToken, User
from identity.services.one_time_tokens import create_one_time_token
from tenants.context import enter_tenant
from tests.browser.conftest import PASSWORD

DORA = "dora.with.a.rather.long.address@subsidiary.example.com"


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def wait_for_home(page: Any) -> None:
    page.wait_for_url("**/home?**code=**")


@pytest.fixture
def follow(authorize: Callable[..., str]) -> Callable[..., str]:
    """The address that the application leads to for whoever followed a link to it."""

    def address(email: str, **extra: str) -> str:
        with enter_tenant("default"):
            token = create_one_time_token(email=email, actor=SYSTEM).value
        return authorize(one_time_token=token, login_hint=email, **extra)

    return address


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_alice_follows_a_link(
    new_page: Callable[..., Any], follow: Callable[..., str], alice: User, scripts: bool
) -> None:
    link = follow("alice@example.com")
    # A program in the mail server looks at the link first.
    scanner = new_page(java_script_enabled=scripts)
    scanner.goto(link, wait_until="networkidle")
    expect(scanner.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    page = new_page(java_script_enabled=scripts)
    page.goto(link)
    expect(page.get_by_text("alice@example.com")).to_be_visible()
    assert "one_time_token" not in page.url
    press(page, "Sign in")
    wait_for_home(page)


def test_dora_gets_an_account_and_a_password(new_page: Callable[..., Any], follow: Callable[..., str]) -> None:
    page = new_page()
    page.goto(follow(DORA))
    press(page, "Create account")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Continue")
    wait_for_home(page)
    with enter_tenant("default"):
        assert User.objects.get().primary_email == DORA


def test_somebody_else_is_signed_in(
    new_page: Callable[..., Any], follow: Callable[..., str], alice: User, application: Any
) -> None:
    page = new_page(viewport={"width": 320, "height": 640})
    page.goto(follow("alice@example.com"))
    press(page, "Sign in")
    wait_for_home(page)
    page.goto(follow(DORA))
    expect(page.get_by_role("heading", name="Switch accounts?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    press(page, "Stay signed in as alice@example.com")
    wait_for_home(page)
    page.goto(follow(DORA))
    press(page, "Create account")
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()


def test_a_used_link_leads_to_the_other_ways(
    new_page: Callable[..., Any], follow: Callable[..., str], alice: User
) -> None:
    link = follow("alice@example.com")
    with enter_tenant("default"):
        OneTimeToken.objects.update(status="consumed")
    page = new_page()
    page.goto(link)
    expect(page.get_by_text("This link has been used already.")).to_be_visible()
    page.get_by_role("link", name="Sign in another way").click()
    expect(page.get_by_label("Email address or username")).to_be_visible()
