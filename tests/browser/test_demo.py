"""The tenant's previews in a real browser: a public client and a device, at which sign-in is tried out."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from common.actors import SYSTEM
from identity.models import User
from organizations.models import Organization
from organizations.services.members import add_members
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tests.browser.test_device import press, sign_in
from tests.oidc.device.devices import Person

TELEPHONE = {"width": 320, "height": 640}


@pytest.fixture
def wayne(alice: User) -> Organization:
    with enter_tenant("default"):
        organization = create_organization(name="Wayne", actor=SYSTEM)
        add_members(organization, user_ids=[alice.id], actor=SYSTEM)
    return organization


def assert_fits(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_sign_in_is_tried_from_beginning_to_end(new_page: Callable[..., Any], home: str, wayne: Organization) -> None:
    page = new_page(viewport=TELEPHONE, color_scheme="dark")
    page.goto(f"{home}/demo-app")
    expect(page.get_by_role("heading", name="Live preview")).to_be_visible()
    assert_fits(page)
    press(page, "Sign in")
    sign_in(page)
    expect(page.get_by_text("alice@example.com").first).to_be_visible()
    assert page.url == f"{home}/demo-app", "the code does not stay in the address"
    expect(page.locator("#id-token")).to_contain_text("demo-app")
    page.get_by_text("User information").click()
    expect(page.locator("#user-information")).to_contain_text("organization_data")
    press(page, "Get token")
    expect(page.locator("#organizations")).to_contain_text(f"urn:logto:organization:{wayne.id}")
    assert_fits(page)
    page.reload()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    press(page, "Sign out")
    expect(page.get_by_role("button", name="Create account")).to_be_visible()
    assert page.url == f"{home}/demo-app"
    assert page.evaluate("sessionStorage.length") == 0
    assert not [cookie for cookie in page.context.cookies() if cookie["name"] == "_session"]


def test_an_answer_that_was_not_asked_for_is_not_taken(
    new_page: Callable[..., Any], home: str, application: Any
) -> None:
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{home}/demo-app?code=stolen&state=forged&iss={home}/oidc")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.url == f"{home}/demo-app"
    assert "/oidc/token" not in asked


def test_a_wish_in_the_address_reaches_the_sign_in_page(
    new_page: Callable[..., Any], home: str, application: Any
) -> None:
    page = new_page(locale="de")
    page.goto(f"{home}/demo-app?login_hint=bob%40example.com")
    press(page, "Anmelden")
    expect(page.get_by_label("E-Mail-Adresse oder Benutzername")).to_have_value("bob@example.com")


def test_a_device_is_connected_with_another(new_page: Callable[..., Any], home: str, alice: User) -> None:
    page = new_page(viewport=TELEPHONE, locale="ar")
    page.clock.install(time=0)
    page.clock.pause_at(1_000)
    page.goto(f"{home}/device-demo-app")
    shown = page.locator("#user-code")
    expect(shown).to_have_text(re.compile("[A-Z]{4}-[A-Z]{4}"))
    user_code = shown.inner_text()
    image = page.locator("#code-image")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 0
    assert_fits(page)
    person = Person()
    person.origin = home
    person.client.defaults["HTTP_HOST"] = urlsplit(home).netloc
    person.arrive(user_code, alice).allow(user_code)
    page.clock.fast_forward(5_000)
    expect(page.locator("#id-token")).to_contain_text("device-demo-app")
    assert_fits(page)
    page.locator("#sign-out").click()
    expect(shown).not_to_have_text(user_code)
    expect(shown).to_be_visible()
