"""Alice and bob, the organization template, and the organization `Acme Corporation`."""

import pytest

from access.models import Resource, RoleType, Scope
from common.actors import SYSTEM
from organizations.models import Organization, OrganizationRole, OrganizationScope
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role, create_organization_scope
from tenants.models import Tenant


@pytest.fixture
def corporation(tenant: Tenant) -> Organization:
    """An organization of tenant `default`."""
    return create_organization(name="Acme Corporation", actor=SYSTEM)


@pytest.fixture
def read_documents(tenant: Tenant) -> OrganizationScope:
    return create_organization_scope(name="read:documents", actor=SYSTEM)


@pytest.fixture
def create_documents(tenant: Tenant) -> OrganizationScope:
    return create_organization_scope(name="create:documents", actor=SYSTEM)


@pytest.fixture
def invoices(tenant: Tenant) -> Scope:
    """A permission of an API."""
    resource = Resource.objects.create(name="Billing", indicator="https://billing.example")
    return Scope.objects.create(resource=resource, name="read:invoices")


@pytest.fixture
def admin_role(read_documents: OrganizationScope, create_documents: OrganizationScope) -> OrganizationRole:
    scope_ids = [read_documents.id, create_documents.id]
    return create_organization_role(name="Admin", scope_ids=scope_ids, actor=SYSTEM)


@pytest.fixture
def member_role(read_documents: OrganizationScope, invoices: Scope) -> OrganizationRole:
    return create_organization_role(
        name="Member", scope_ids=[read_documents.id], resource_scope_ids=[invoices.id], actor=SYSTEM
    )


@pytest.fixture
def machine_role(tenant: Tenant) -> OrganizationRole:
    return create_organization_role(name="Machine", type=RoleType.MACHINE_TO_MACHINE, actor=SYSTEM)
