"""What a developer may see and change in a tenant, by role."""

from collections.abc import Iterable
from enum import StrEnum

from console.tenancy import ConsoleRole, TenantAccess
from tenants.hosts import ADMIN_TENANT


class Area(StrEnum):
    """The parts of the console that roles tell apart."""

    GENERAL = "general"  # applications, APIs, users, organizations, sign-in …
    LOG = "log"  # the audit log
    MACHINES = "machines"  # machine-to-machine applications and the roles they hold
    TENANT = "tenant"  # the tenant itself: name, keys, domains, members


_ADMIN_ONLY = frozenset({Area.TENANT})
# A machine with the Management API can do all that an admin can, keys included.
_ADMIN_CHANGES = _ADMIN_ONLY | {Area.MACHINES}
_READ_ONLY = frozenset({Area.LOG})


def may_view(access: TenantAccess | None, area: Area) -> bool:
    """Whether the area is shown: collaborators do not see the tenant's own settings."""
    if access is None:
        return False
    return access.role is ConsoleRole.ADMIN or area not in _ADMIN_ONLY


def may_change(access: TenantAccess | None, area: Area) -> bool:
    """Whether anything in the area may be changed.

    In tenant `admin` the users are the developers and the organizations the tenants: whoever changes them could give
    themselves everything, so there a collaborator only looks.
    """
    if access is None or not may_view(access, area) or area in _READ_ONLY:
        return False
    return access.role is ConsoleRole.ADMIN or not (access.tenant.id == ADMIN_TENANT or area in _ADMIN_CHANGES)


def may_create_developer(accesses: Iterable[TenantAccess]) -> bool:
    """Whether the developer may make accounts of developers: an admin of tenant `admin`.

    Who makes an account knows its first password. Another tenant's admin adds accounts that exist: otherwise they could
    lie in wait with a made-up account until somebody else gives it access.
    """
    return any(access.role is ConsoleRole.ADMIN and access.tenant.id == ADMIN_TENANT for access in accesses)


def may_create_tenant(accesses: Iterable[TenantAccess]) -> bool:
    """Whether the developer may open a new tenant: somebody who is an admin of one already."""
    return any(access.role is ConsoleRole.ADMIN for access in accesses)
