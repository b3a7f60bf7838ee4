"""The consent page of a client that nobody has checked, in Chromium."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from applications.cimd.service import switch_cimd
from applications.cimd.stand_in import ensure_stand_in
from applications.models import Application
from applications.services.consent_configuration import allow_user_consent_scopes
from common.actors import SYSTEM
from identity.models import User
from oidc.models import Grant, GrantOrganization
from organizations.services.members import add_members
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tests.applications.agents import AGENT, Web, document
from tests.browser.conftest import PASSWORD

ORGANIZATIONS = "urn:logto:scope:organizations"

Open = Callable[..., Any]


@pytest.fixture
def ask(
    new_page: Open,
    authorize: Callable[..., str],
    application: Application,
    alice: User,
    app_url: str,
    web: Web,
) -> Open:
    """Open a window in which alice has signed in and stands before the question of an agent."""
    web.serve(document(client_name="Agent Smith", redirect_uris=[f"{app_url}/callback"]))
    with enter_tenant("default"):
        switch_cimd(is_on=True, actor=SYSTEM)
        allow_user_consent_scopes(ensure_stand_in(), user_scopes=["profile", ORGANIZATIONS], actor=SYSTEM)
        for name in ("Archer & Daughters", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"):
            add_members(create_organization(name=name, actor=SYSTEM), user_ids=[alice.id], actor=SYSTEM)

    def open_page(*, ui_locales: str = "en", **options: Any) -> Any:
        page = new_page(**options)
        page.goto(authorize(client_id=AGENT, scope=f"openid profile {ORGANIZATIONS}", ui_locales=ui_locales))
        page.locator("input[name=identifier]").fill("alice@example.com")
        page.locator("form .button").click()
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("form .button").click()
        page.locator(".account").wait_for()
        return page

    return open_page


@pytest.mark.parametrize("locales", ["en", "de", "ar"])
def test_it_fits_and_says_who_asks(ask: Open, locales: str) -> None:
    page = ask(viewport={"width": 320, "height": 800}, ui_locales=locales)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(page.get_by_role("heading", level=1)).to_contain_text("agent.example")
    expect(page.get_by_role("note")).to_contain_text("Agent Smith")


def test_one_organization_is_chosen(ask: Open) -> None:
    page = ask()
    expect(page.get_by_label("No organization")).to_be_checked()
    page.get_by_label("Archer & Daughters").check()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/home?*code=*")
    with enter_tenant("default"):
        assert Grant.objects.get().cimd_client_id == AGENT
        assert GrantOrganization.objects.get().member.organization.name == "Archer & Daughters"


def test_none_is_chosen(ask: Open) -> None:
    page = ask()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/home?*code=*")
    with enter_tenant("default"):
        assert not GrantOrganization.objects.exists()
