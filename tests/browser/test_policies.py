"""What somebody sees who may not sign in, and whose password expires soon."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from common.actors import SYSTEM
from common.clock import now
from experience.services.settings import update_sign_in_experience
from identity.models import User
from tenants.context import enter_tenant
from tests.browser.conftest import PASSWORD


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A narrow window."""
    return new_page(viewport={"width": 320, "height": 640})


def change(**settings: Any) -> None:
    with enter_tenant("default"):
        update_sign_in_experience(settings, actor=SYSTEM)


def enter(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Email address or username").fill("alice")
    page.get_by_label("Email address or username").press("Enter")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password", exact=True).press("Enter")


def test_restricted_sign_in(page: Page, authorize: Callable[..., str], alice: User) -> None:
    """The page says why, and leads back."""
    change(signInRestrictionPolicy={"emailAllowlist": ["@acme.example"]})
    enter(page, authorize())
    expect(page.get_by_role("heading", name="You cannot sign in")).to_be_visible()
    expect(page.get_by_text("Your email address is not among those")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="Back to sign-in").press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_password_that_expires_soon(page: Page, authorize: Callable[..., str], alice: User, app_url: str) -> None:
    change(passwordExpiration={"enabled": True, "validPeriodDays": 90})
    with enter_tenant("default"):
        User.objects.filter(id=alice.id).update(password_updated_at=now() - timedelta(days=86))
    enter(page, authorize())
    expect(page.get_by_role("heading", name="Your password expires soon")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="Continue").press("Enter")
    expect(page).to_have_title("The shop")
