"""Who may do what is set up in lists that are searched by typing.

Django's and the theme's scripts each started these lists with a copy of select2 of their own: none opened, and no
permission could be given in a browser.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from access.models import RoleScope
from access.services.resources import create_resource
from access.services.roles import create_role
from access.services.scopes import create_scope
from common.actors import SYSTEM
from identity.models import UserRole
from identity.services.users import create_user
from organizations.models import MemberRole, OrganizationMember
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role
from tenants.context import enter_tenant

AtWork = Callable[..., Page]
Choose = Callable[[Page, Locator, str], None]
Save = Callable[[Page], None]


@pytest.fixture
def ids(home: str, carol: Any) -> dict[str, Any]:
    """Rows of tenant `default` to give to each other."""
    with enter_tenant("default"):
        orders = create_resource(name="Orders", indicator="https://orders.example", actor=SYSTEM)
        return {
            "scope": create_scope(orders, name="read:orders", actor=SYSTEM).id,
            "role": create_role(name="Reader", description="Reads", actor=SYSTEM).id,
            "user": create_user(username="bob", name="Bob", actor=SYSTEM).id,
            "organization": create_organization(name="Hill Farm", actor=SYSTEM).id,
            "organization_role": create_organization_role(name="Picker", actor=SYSTEM).id,
        }


def _box(page: Page, select: str) -> Locator:
    return page.locator(f"#{select} + .select2 .select2-selection")


def test_a_role_is_given_a_permission(at_work: AtWork, ids: dict[str, Any], choose: Choose, save: Save) -> None:
    page = at_work(f"access/role/{ids['role']}/change/")
    choose(page, _box(page, "id_scope_ids"), "read:orders")
    save(page)
    with enter_tenant("default"):
        assert list(RoleScope.objects.filter(role=ids["role"]).values_list("scope_id", flat=True)) == [ids["scope"]]


def test_a_user_is_given_a_role(at_work: AtWork, ids: dict[str, Any], choose: Choose, save: Save) -> None:
    page = at_work(f"identity/user/{ids['user']}/change/")
    choose(page, _box(page, "id_role_ids"), "Reader")
    save(page)
    with enter_tenant("default"):
        assert UserRole.objects.filter(user=ids["user"], role=ids["role"]).exists()


def test_a_row_that_is_added_has_lists_that_open(
    at_work: AtWork, ids: dict[str, Any], choose: Choose, save: Save
) -> None:
    page = at_work(f"organizations/organization/{ids['organization']}/change/")
    page.locator("#tabs-items").get_by_role("link", name="Members").press("Enter")
    page.locator("#members-group .add-row:visible").first.click()
    choose(page, _box(page, "id_members-0-user"), "Bob")
    choose(page, _box(page, "id_members-0-role_ids"), "Picker")
    save(page)
    with enter_tenant("default"):
        member = OrganizationMember.objects.get()
        assert (member.user_id, member.organization_id) == (ids["user"], ids["organization"])
        assert MemberRole.objects.get().role_id == ids["organization_role"]
