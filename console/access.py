"""Which tenants the signed-in developer may open, asked once a request."""

from typing import Any

from django.http import HttpRequest

from common.actors import Actor
from console.tenancy import TenantAccess, list_tenant_access


def accesses_of(request: HttpRequest) -> list[TenantAccess]:
    """Return the developer's tenants, by name; none for somebody who is not signed in."""
    held: list[TenantAccess] | None = getattr(request, "console_accesses", None)
    if held is None:
        user: Any = request.user
        held = list_tenant_access(user.id) if user.is_authenticated else []
        request.console_accesses = held  # type: ignore[attr-defined]
    return held


def find_access(request: HttpRequest, tenant_id: str) -> TenantAccess | None:
    """Return the developer's access to a tenant, `None` without one."""
    return next((access for access in accesses_of(request) if access.tenant.id == tenant_id), None)


def current_access(request: HttpRequest) -> TenantAccess | None:
    """Return the developer's access to the tenant that the address names."""
    tenant_id = getattr(request, "console_tenant_id", None)
    return None if tenant_id is None else find_access(request, tenant_id)


def actor_of(request: HttpRequest) -> Actor:
    """Return the developer as the acting principal of a service."""
    return Actor.developer(str(request.user.pk))
