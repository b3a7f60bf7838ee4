"""Somebody is invited by email address, follows the link, and changes the password on the profile page."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from console.tenancy import ConsoleRole, grant_tenant_access
from identity.models import User
from identity.selectors import find_user_by_identifier
from identity.services.passwords import verify_user_password
from tenants.context import enter_tenant
from tests.console.conftest import PASSWORD

GRACE = "grace@example.com"
FIRST, SECOND = "copper lantern 77", "willow harbour 63"

AtWork = Callable[..., Page]


@pytest.fixture
def admin_of_all(carol: User) -> User:
    """Carol may make accounts of developers."""
    grant_tenant_access(carol.id, tenant_id="admin", role=ConsoleRole.ADMIN)
    return carol


def _sign_in(page: Page, password: str) -> None:
    page.get_by_label("Email address or username").fill(GRACE)
    page.keyboard.press("Enter")
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")


def test_whoever_is_invited_can_sign_in(
    at_work: AtWork, admin_of_all: User, new_page: Callable[..., Page], home: str
) -> None:
    members = at_work("tenant/members/")
    members.get_by_label("Email address or username").fill(GRACE)
    members.get_by_label("Email address or username").press("Enter")
    link = str(members.locator(".gh-once code").text_content())
    expect(members.get_by_text("invited", exact=True)).to_be_visible()

    page = new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Password", exact=True).fill(FIRST)
    page.get_by_role("button", name="Continue", exact=True).click()
    page.wait_for_url("**/console/default/")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    page.goto(f"http://admin.{urlsplit(home).netloc}/console/profile")
    page.get_by_label("Current password").last.fill(FIRST)
    page.get_by_label("New password").fill(SECOND)
    page.get_by_label("New password").press("Enter")
    expect(page.get_by_text("Your password was changed.")).to_be_visible()
    with enter_tenant("admin"):
        assert verify_user_password(find_user_by_identifier("email", GRACE), SECOND)
    page.get_by_role("button", name="Sign out").click()

    fresh = new_page()
    fresh.goto(f"http://admin.{urlsplit(home).netloc}/console/default/")
    _sign_in(fresh, SECOND)
    fresh.wait_for_url("**/console/default/")


def test_an_email_address_is_changed_with_a_code(
    at_work: AtWork, carol: User, new_page: Callable[..., Page], home: str
) -> None:
    admin = f"http://admin.{urlsplit(home).netloc}"
    page = at_work("")
    page.goto(f"{admin}/console/profile")
    page.get_by_label("New email address").fill("carol@example.com")
    page.get_by_label("Current password").first.fill(PASSWORD)
    page.get_by_role("button", name="Send code").click()
    mailbox = new_page()
    mailbox.goto(f"{admin}/development/mailbox")
    code = str(mailbox.locator("output").first.text_content())
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Your email address was changed.")).to_be_visible()
    with enter_tenant("admin"):
        assert User.objects.get(id=carol.id).primary_email == "carol@example.com"
