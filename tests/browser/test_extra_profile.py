"""A new user fills in what the tenant wants to know."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from common.actors import SYSTEM
from experience.services.profile_fields import create_profile_fields
from identity.models import User
from tenants.context import enter_tenant
from tests.browser.conftest import PASSWORD
from tests.browser.test_journeys import enter_code, press, wait_for_home


def test_zoe_fills_in_her_profile(
    new_page: Callable[..., Any], authorize: Callable[..., str], read_code: Callable[[str], str]
) -> None:
    dates = {"format": "dd/MM/yyyy"}
    text = {"type": "Text", "required": False}
    parts = [{**text, "name": "locality", "enabled": True, "required": True}]
    options = [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}]
    with enter_tenant("default"):
        create_profile_fields(
            [
                (
                    "birthdate",
                    {"type": "Date", "label": "Birthday", "required": True, "config": dates},
                ),
                ("size", {"type": "Select", "label": "T-shirt", "required": True, "config": {"options": options}}),
                ("address", {"type": "Address", "label": "Home", "required": True, "config": {"parts": parts}}),
                ("age", {"type": "Number", "label": "Age", "required": True, "config": {"minValue": 18}}),
                ("news", {"type": "Checkbox", "label": "News", "required": False, "config": {"defaultValue": "false"}}),
            ],
            actor=SYSTEM,
        )
    page = new_page()
    page.goto(authorize(first_screen="register"))
    page.get_by_label("Email address").fill("zoe@example.com")
    press(page, "Continue")
    enter_code(page, read_code, "zoe@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Continue")
    expect(page.get_by_role("heading", name="Complete your profile")).to_be_visible()
    expect(page.get_by_label("Birthday")).to_be_focused()
    page.get_by_label("Birthday").fill("2000-02-29")
    page.get_by_label("T-shirt").select_option("Large")
    page.get_by_role("group", name="Home").get_by_label("City").fill("Oslo")
    page.get_by_label("Age").fill("17")
    page.get_by_label("News").press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Enter 18 or more.")).to_be_visible()
    expect(page.get_by_label("Age")).to_be_focused()
    page.get_by_label("Age").fill("18")
    page.keyboard.press("Enter")
    wait_for_home(page)
    with enter_tenant("default"):
        user = User.objects.get(primary_email="zoe@example.com")
    assert user.profile == {"birthdate": "2000-02-29", "address": {"locality": "Oslo"}}
    assert user.custom_data == {"size": "l", "age": 18, "news": True}
