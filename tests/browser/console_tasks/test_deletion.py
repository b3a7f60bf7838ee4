"""Something is deleted after its page has said what goes with it, and the audit log says who did it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from common.actors import SYSTEM
from identity.services.users import create_user
from organizations.models import Organization
from organizations.services.members import add_members
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant


@pytest.fixture
def farm(home: str, carol: object) -> Organization:
    with enter_tenant("default"):
        farm = create_organization(name="Hill Farm", actor=SYSTEM)
        bob = create_user(username="bob", name="Bob", actor=SYSTEM)
        add_members(farm, user_ids=[bob.id], actor=SYSTEM)
    return farm


@pytest.mark.parametrize("by_keyboard", [False, True], ids=["mouse", "keyboard"])
def test_an_organization_is_deleted(at_work: Callable[..., Page], farm: Organization, by_keyboard: bool) -> None:
    page = at_work(f"organizations/organization/{farm.id}/change/")
    steps = (
        page.get_by_role("link", name="Delete organization"),
        page.get_by_role("button", name="Delete organization"),
    )
    for number, step in enumerate(steps):
        if by_keyboard:
            step.press("Enter")
        else:
            step.click()
        if not number:
            expect(page.get_by_text("1 membership")).to_be_visible()
            expect(page.get_by_role("link", name="Bob")).to_be_visible()
    expect(page.get_by_text("Organization “Hill Farm” was deleted.")).to_be_visible()
    with enter_tenant("default"):
        assert not Organization.objects.filter(id=farm.id).exists()
    page.goto(f"{page.url.partition('/default/')[0]}/default/events/auditlog/")
    page.get_by_role("link", name="Carol deleted the organization Hill Farm").click()
    page.get_by_text("Organization.Deleted", exact=True).last.click()
    expect(page.get_by_text('"key": "Organization.Deleted"')).to_be_visible()
