"""The Management API as an API resource: what it is called, and the rows every tenant is born with."""

from typing import Any

from access.models import Resource, Role, RoleScope, RoleType, Scope
from common.ids import new_id
from tenants.context import current_tenant_id
from tenants.hosts import DEFAULT_TENANT

MANAGEMENT_SCOPE = "all"
MANAGEMENT_ROLE_NAME = "Logto Management API access"
# The ids that these rows have in tenant `default`; another tenant's are drawn, because ids are unique.
MANAGEMENT_RESOURCE_ID = "management-api"
MANAGEMENT_SCOPE_ID = "management-api-all"
ADMIN_ROLE_ID = "admin-role"

INTERNAL_PREFIX = "#internal:"
ADMIN_ROLE_NAME = f"{INTERNAL_PREFIX}admin"


def management_api_indicator(tenant_id: str) -> str:
    """Return the audience of a tenant's Management API; it does not depend on the tenant's host."""
    return f"https://{tenant_id}.logto.app/api"


def is_management_api(resource: Resource) -> bool:
    """Whether the resource is the current tenant's Management API."""
    return resource.indicator == management_api_indicator(current_tenant_id())


def _seeded_id(id: str) -> str:
    return id if current_tenant_id() == DEFAULT_TENANT else new_id()


def _grant(role: Role, scope: Scope) -> None:
    RoleScope.objects.get_or_create(role=role, scope=scope)


def seed_management_api(**_: Any) -> None:
    """Give the current, new tenant its Management API, the permission `all` and the two roles that grant it."""
    resource = Resource.objects.create(
        id=_seeded_id(MANAGEMENT_RESOURCE_ID),
        name="Management API",
        indicator=management_api_indicator(current_tenant_id()),
    )
    scope = Scope.objects.create(
        id=_seeded_id(MANAGEMENT_SCOPE_ID),
        resource=resource,
        name=MANAGEMENT_SCOPE,
        description="Every operation of the Management API.",
    )
    role = Role.objects.create(
        name=MANAGEMENT_ROLE_NAME,
        description="Machine-to-machine applications with this role may use the whole Management API.",
        type=RoleType.MACHINE_TO_MACHINE,
    )
    _grant(role, scope)
    ensure_admin_role()


def ensure_admin_role() -> Role:
    """Return the hidden role that an application holds while it is marked as an administrator."""
    role, _ = Role.objects.get_or_create(
        name=ADMIN_ROLE_NAME,
        defaults={
            "id": _seeded_id(ADMIN_ROLE_ID),
            "description": "Internal administrator.",
            "type": RoleType.MACHINE_TO_MACHINE,
        },
    )
    resource__indicator = management_api_indicator(current_tenant_id())
    _grant(role, Scope.objects.get(resource__indicator=resource__indicator, name=MANAGEMENT_SCOPE))
    return role
