"""The page before something is deleted says what goes with it, by kind, number and name.

It asked in the framework's words and listed nothing but the object itself.
"""

import re
from typing import Any

import pytest
from django.test import Client

from access.models import Resource
from access.services.resources import create_resource
from access.services.roles import add_role_scopes, create_role
from access.services.scopes import create_scope
from common.actors import SYSTEM
from console.admin.deletion import describe_losses
from identity.models import User
from identity.services.roles import replace_user_roles
from identity.services.users import create_user
from organizations.models import Organization
from organizations.services.members import add_members
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant

START = "/console/default"


@pytest.fixture
def farm(installation: dict[str, Any]) -> Organization:
    """An organization with seven members."""
    with enter_tenant("default"):
        farm = create_organization(name="Hill Farm", actor=SYSTEM)
        people = [create_user(username=f"picker{n}", name=f"Picker {n}", actor=SYSTEM) for n in range(7)]
        add_members(farm, user_ids=[user.id for user in people], actor=SYSTEM)
    return farm


def test_an_organization_goes_with_its_memberships(console: Client, farm: Organization) -> None:
    page = console.get(f"{START}/organizations/organization/{farm.id}/delete/").content.decode()
    assert "Delete “Hill Farm”?" in page
    assert "7 memberships" in page
    named = re.findall(rf'href="{START}/identity/user/\w+/change/">Picker \d</a>', page)
    assert len(named) == 5, "the first of them are named, and link to their pages"
    assert "Are you sure" not in page
    answer = console.post(f"{START}/organizations/organization/{farm.id}/delete/", {"post": "yes"}, follow=True)
    assert "Organization “Hill Farm” was deleted." in answer.content.decode()


def test_what_stands_alone_says_so(console: Client, installation: dict[str, Any]) -> None:
    with enter_tenant("default"):
        alone = create_organization(name="Alone", actor=SYSTEM)
    page = console.get(f"{START}/organizations/organization/{alone.id}/delete/").content.decode()
    assert "Nothing else goes with it. This cannot be undone." in page


def test_roles_resources_and_users_name_what_they_take_along(farm: Organization) -> None:
    with enter_tenant("default"):
        orders = create_resource(name="Orders", indicator="https://orders.example", actor=SYSTEM)
        scope = create_scope(orders, name="read:orders", actor=SYSTEM)
        role = create_role(name="Reader", description="Reads", actor=SYSTEM)
        add_role_scopes(role, scope_ids=[scope.id], actor=SYSTEM)
        picker = User.objects.get(username="picker0")
        replace_user_roles(picker, role_ids=[role.id], actor=SYSTEM)

        def texts(entity: Any) -> list[tuple[str, list[str]]]:
            return [(loss["text"], [name for name, _link in loss["names"]]) for loss in describe_losses(entity)]

        assert texts(role) == [("1 assignment to a user", ["Picker 0"])]
        assert texts(Resource.objects.get(id=orders.id)) == [
            ("1 permission", ["read:orders"]),
            ("1 grant of them to a role", ["Reader"]),
        ]
        assert texts(picker) == [("1 organization membership", ["Hill Farm"]), ("1 role assignment", ["Reader"])]
