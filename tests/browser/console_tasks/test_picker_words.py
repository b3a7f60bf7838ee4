"""Lists that are searched by typing have a name, and say in the developer's language what they found."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from common.actors import SYSTEM
from organizations.models import Organization
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant

AtWork = Callable[..., Page]


@pytest.fixture
def farm(home: str, carol: object) -> Organization:
    with enter_tenant("default"):
        return create_organization(name="Hill Farm", actor=SYSTEM)


def test_nothing_found_is_said_in_german_and_in_portuguese_of_brazil(at_work: AtWork, farm: Organization) -> None:
    for locale, words in (("de-DE", "Keine Übereinstimmungen gefunden"), ("pt-BR", "Nenhum resultado encontrado")):
        page = at_work(f"organizations/organization/{farm.id}/change/", locale=locale)
        page.locator("#tabs-items a").nth(1).press("Enter")
        page.locator("#members-group .add-row:visible").first.click()
        page.locator("#id_members-0-user + .select2 .select2-selection").click()
        page.keyboard.type("nobody at all")
        expect(page.get_by_text(words)).to_be_visible()


def test_a_row_that_is_added_has_lists_with_names(at_work: AtWork, farm: Organization) -> None:
    page = at_work(f"organizations/organization/{farm.id}/change/")
    page.locator("#tabs-items").get_by_role("link", name="Members").press("Enter")
    page.get_by_text("Add member", exact=True).click()
    expect(page.locator("#id_members-0-user + .select2 [role=combobox]")).to_have_accessible_name("User")
    expect(page.locator("#id_members-0-role_ids + .select2 [role=combobox]")).to_have_accessible_name("Roles")
