"""The console in Chromium: what a screen reader finds there, and what fits on a telephone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from applications.services.applications import create_application
from common.actors import SYSTEM
from tenants.context import enter_tenant


def _application() -> str:
    with enter_tenant("default"):
        return create_application(name="Shop", type="Traditional", actor=SYSTEM).id


@pytest.mark.parametrize(
    "path", ["", "tenant/settings/", "unverified-clients/", "mfa/", "applications/application/", "sign-in-traces/"]
)
def test_every_page_has_one_main_part(at_work: Callable[..., Any], path: str) -> None:
    expect(at_work(path).get_by_role("main")).to_have_count(1)


def test_boxes_of_an_application_have_names(at_work: Callable[..., Any]) -> None:
    page = at_work(f"applications/application/{_application()}/change/")
    page.get_by_role("tab", name="Access", exact=True).click()
    expect(page.get_by_role("textbox", name="Organization", exact=True)).to_be_visible()
    expect(page.locator("#id_secrets-0-name")).to_have_attribute("aria-label", "Name")


def test_a_secret_that_is_shown_can_be_copied_by_name(at_work: Callable[..., Any]) -> None:
    page = at_work(f"applications/application/{_application()}/change/")
    card = page.locator("section", has=page.get_by_role("heading", name="Get started"))
    card.get_by_role("button", name="Show").click()
    expect(card.get_by_role("button", name="Copy").first).to_be_visible()


def test_a_profile_that_lacks_keys_is_refused_where_it_was_chosen(at_work: Callable[..., Any]) -> None:
    page = at_work(f"applications/application/{_application()}/change/")
    page.get_by_role("tab", name="Security").click()
    page.get_by_label("Protocol profile").select_option("fapi2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("FAPI 2.0 needs signed client authentication")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "tenant/members/",
        "tenant/keys/",
        "unverified-clients/",
        "mfa/",
        "access/resource/add/",
        "sign-in-traces/",
        "../profile",
    ],
)
def test_it_fits_on_a_telephone(at_work: Callable[..., Any], path: str) -> None:
    page = at_work(path, viewport={"width": 390, "height": 800})
    expect(page.get_by_role("main")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
