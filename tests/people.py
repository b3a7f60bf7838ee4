"""The people of every test: alice, bob and carol of tenant `default`, and mallory of tenant `acme`.

A room whose tests need more of somebody (a role, a membership) overrides the fixture and asks for this one.
"""

import pytest

from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user
from tenants.context import enter_tenant
from tenants.models import Tenant

PASSWORD = "walnut tractor 51"


def make_alice() -> User:
    """Alice has every identifier and a password; where organizations matter she is an admin of one."""
    return create_user(
        username="alice",
        primary_email="alice@example.com",
        primary_phone="12025550101",
        password=PASSWORD,
        name="Alice Archer",
        actor=SYSTEM,
    )


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_alice()


@pytest.fixture
def bob(tenant: Tenant) -> User:
    """Bob has an email address, in mixed case, and no password; where organizations matter he is a member."""
    return create_user(username="bob", primary_email="Bob@Example.com", name="Bob", actor=SYSTEM)


@pytest.fixture
def carol(tenant: Tenant) -> User:
    """Carol has a phone number; where the console matters she is a developer."""
    return create_user(username="carol", primary_phone="12025550100", name="Carol", actor=SYSTEM)


@pytest.fixture
def mallory(tenants: dict[str, Tenant]) -> User:
    """Mallory belongs to another tenant."""
    with enter_tenant("acme"):
        return create_user(
            username="mallory", primary_email="mallory@example.com", password=PASSWORD, name="Mallory", actor=SYSTEM
        )
