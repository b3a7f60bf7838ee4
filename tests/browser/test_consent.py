"""The consent page in Chromium: narrow and wide, light and dark, with and without JavaScript, by keyboard."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from access.services.resources import create_resource
from access.services.roles import create_role
from access.services.scopes import create_scope
from applications.models import Application
from applications.services.applications import create_application
from applications.services.consent_configuration import allow_user_consent_scopes
from applications.services.sign_in_experience import set_application_sign_in_experience
from common.actors import SYSTEM
from experience.services.settings import update_sign_in_experience
from identity.models import User
from identity.services.roles import assign_user_roles
from oidc.models import ConsentedOrganization, Grant
from organizations.services.members import add_members, assign_member_roles
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role
from tenants.context import enter_tenant
from tests.browser.axe import assert_accessible, why_missing
from tests.browser.conftest import PASSWORD

API = "https://documents.example.com"
ORGANIZATIONS = "urn:logto:scope:organizations"
SCOPE = f"openid profile email offline_access {ORGANIZATIONS} read:documents write:documents share:documents"

Open = Callable[..., Any]


@pytest.fixture
def partner(application: Application, alice: User, app_url: str) -> Application:
    """Somebody else's application, which asks alice for everything it may."""
    with enter_tenant("default"):
        User.objects.filter(id=alice.id).update(name="Alice Archer")
        partner = create_application(
            name="Paper Mill",
            type="SPA",
            is_third_party=True,
            oidc_client_metadata={"redirectUris": [f"{app_url}/callback"], "postLogoutRedirectUris": []},
            actor=SYSTEM,
        )
        resource = create_resource(name="Documents", indicator=API, actor=SYSTEM)
        read = create_scope(resource, name="read:documents", description="Read your documents", actor=SYSTEM)
        write = create_scope(resource, name="write:documents", description="Change your documents", actor=SYSTEM)
        share = create_scope(resource, name="share:documents", description="Share documents with all", actor=SYSTEM)
        role = create_role(name="author", description="Writes", scope_ids=[read.id, write.id], actor=SYSTEM)
        assign_user_roles(alice, role_ids=[role.id], actor=SYSTEM)
        editor = create_organization_role(name="Editor", resource_scope_ids=[share.id], actor=SYSTEM)
        for name in ("Archer & Daughters", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"):
            organization = create_organization(name=name, actor=SYSTEM)
            add_members(organization, user_ids=[alice.id], actor=SYSTEM)
            assign_member_roles(organization, user_id=alice.id, role_ids=[editor.id], actor=SYSTEM)
        allow_user_consent_scopes(
            partner,
            user_scopes=["profile", "email", ORGANIZATIONS],
            resource_scope_ids=[read.id, write.id],
            organization_resource_scope_ids=[share.id],
            actor=SYSTEM,
        )
        set_application_sign_in_experience(
            partner,
            branding={"logoUrl": f"{app_url}/logo.svg"},
            terms_of_use_url=f"{app_url}/terms",
            privacy_policy_url=f"{app_url}/privacy",
            actor=SYSTEM,
        )
        update_sign_in_experience(
            {"color": {"primaryColor": "#0b8457", "isDarkModeEnabled": True, "darkPrimaryColor": "#5fd3a5"}},
            actor=SYSTEM,
        )
        return partner


@pytest.fixture
def ask(new_page: Open, authorize: Callable[..., str], partner: Application) -> Open:
    """Open a window in which alice has signed in and stands before the question."""

    def open_page(*, ui_locales: str = "en", **options: Any) -> Any:
        page = new_page(**options)
        page.goto(
            authorize(client_id=partner.id, scope=SCOPE, resource=API, prompt="login consent", ui_locales=ui_locales)
        )
        page.locator("input[name=identifier]").fill("alice@example.com")
        page.locator("form .button").click()
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("form .button").click()
        page.locator(".account").wait_for()
        return page

    return open_page


def _keep(page: Any, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"consent-{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_fits_and_can_be_read(ask: Open, width: int, scheme: str) -> None:
    page = ask(viewport={"width": width, "height": 800}, color_scheme=scheme)
    _keep(page, f"{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("heading", level=1)).to_have_text("Let Paper Mill use your account?")
    expect(page.get_by_text("Read your documents")).to_be_visible()
    page.wait_for_function("document.querySelector('.brand img').naturalWidth > 0")


@pytest.mark.parametrize("locales", ["de", "ar", "th"])
def test_it_fits_in_other_languages(ask: Open, locales: str) -> None:
    page = ask(viewport={"width": 320, "height": 800}, ui_locales=locales)
    _keep(page, f"320-{locales}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("with_scripts", [True, False])
def test_choosing_and_allowing(ask: Open, partner: Application, app_url: str, with_scripts: bool) -> None:
    page = ask(java_script_enabled=with_scripts)
    expect(page.get_by_role("group", name="Choose your organizations")).to_be_visible()
    page.get_by_label("Archer & Daughters").check()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/home?*code=*")
    with enter_tenant("default"):
        assert Grant.objects.get(application=partner).resource_scopes == {
            API: ["read:documents", "write:documents", "share:documents"]
        }
        assert ConsentedOrganization.objects.get().member.organization.name == "Archer & Daughters"


def test_declining(ask: Open) -> None:
    page = ask()
    page.get_by_role("button", name="Decline").click()
    page.wait_for_url("**/home?*error=access_denied*")


def test_not_you(ask: Open) -> None:
    page = ask()
    page.get_by_role("button", name="Not you?").click()
    page.wait_for_url("**/sign-in?*")


def test_the_keyboard_reaches_everything_in_order(ask: Open) -> None:
    page = ask()
    reached = []
    for _ in range(7):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()"))
    assert reached == [
        "Not you?",
        "Archer & Daughters",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk",
        "Allow",
        "Decline",
        "Terms of use",
        "Privacy policy",
    ]


@pytest.mark.skipif(bool(why_missing()), reason=why_missing() or "installed")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_no_fault(ask: Open, language: str) -> None:
    assert_accessible(ask(ui_locales=language), "/consent", is_answer=True)
