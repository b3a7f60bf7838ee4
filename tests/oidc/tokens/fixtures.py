"""People and applications: alice (admin of Wayne), bob (member), mallory of tenant `acme`."""

import pytest

from access.models import Resource
from identity.models import User
from organizations.models import Organization, OrganizationRole
from tenants.models import Tenant
from tests.oidc.tokens.parties import (
    API,
    Party,
    give_role,
    join,
    make_api,
    make_application,
    make_organization_role,
    make_role,
)


@pytest.fixture
def api(tenant: Tenant) -> Resource:
    return make_api(API, "read:things", "write:things", "own:things", access_token_ttl=1800)


@pytest.fixture
def admin_role(api: Resource) -> OrganizationRole:
    return make_organization_role("Admin", "read:documents", "create:documents", api={api: ["own:things"]})


@pytest.fixture
def member_role(tenant: Tenant) -> OrganizationRole:
    return make_organization_role("Member", "read:documents")


@pytest.fixture
def wayne(tenant: Tenant) -> Organization:
    return Organization.objects.create(name="Wayne", description="Enterprises")


@pytest.fixture
def alice(alice: User, api: Resource, wayne: Organization, admin_role: OrganizationRole) -> User:
    """Reads things everywhere, and is the admin of Wayne."""
    give_role(alice, make_role("reader", api, "read:things"))
    join(wayne, alice, admin_role)
    return alice


@pytest.fixture
def bob(bob: User, wayne: Organization, member_role: OrganizationRole) -> User:
    """A member of Wayne."""
    join(wayne, bob, member_role)
    return bob


@pytest.fixture
def spa(tenant: Tenant) -> Party:
    return Party(make_application("SPA"))


@pytest.fixture
def native(tenant: Tenant) -> Party:
    return Party(make_application("Native", redirect_uris=["myapp://callback"]))


@pytest.fixture
def traditional(tenant: Tenant) -> Party:
    return Party(make_application("Traditional"))


@pytest.fixture
def machine(tenant: Tenant) -> Party:
    return Party(make_application("MachineToMachine"))
