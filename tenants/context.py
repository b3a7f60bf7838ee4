"""The current tenant of the running request, task or command.

Code that touches tenant-owned rows runs inside `enter_tenant`; the middleware enters it for a request, tasks and
commands enter it explicitly. `all_tenants_scope` is the console's, commands' and migrations' way past the filter.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The database role a scope runs under; `OWNER` is the login role itself."""

    APPLICATION = "gatehouse_app"
    SYSTEM = "gatehouse_system"
    OWNER = "none"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows the database shows: one tenant's, everyone's, or nobody's.

    `version` is the tenant's configuration stamp where the caller has read it already.
    """

    role: Role = Role.APPLICATION
    tenant_id: str = ""
    version: int | None = None


class TenantNotSetError(RuntimeError):
    """Tenant-owned rows were asked for outside of `enter_tenant`: a programming error."""


_scope: ContextVar[Scope] = ContextVar("gatehouse_scope", default=Scope())  # noqa: B039 - frozen


def current_scope() -> Scope:
    """Return the scope in force."""
    return _scope.get()


def find_current_tenant_id() -> str | None:
    """Return the current tenant's id, or `None` outside of one."""
    return _scope.get().tenant_id or None


def current_tenant_id() -> str:
    """Return the current tenant's id; raises `TenantNotSetError` outside of one."""
    tenant_id = _scope.get().tenant_id
    if not tenant_id:
        raise TenantNotSetError("no tenant is current here")
    return tenant_id


@contextmanager
def _scoped(scope: Scope) -> Iterator[None]:
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def enter_tenant(tenant_id: str, *, version: int | None = None) -> Iterator[None]:
    """Run the block as the tenant: managers filter by it and row-level security admits only its rows."""
    with _scoped(Scope(Role.APPLICATION, tenant_id, version)):
        yield


@contextmanager
def all_tenants_scope() -> Iterator[None]:
    """Run the block with every tenant's rows visible to `Model.all_tenants`. Only for work that spans tenants."""
    with _scoped(Scope(Role.SYSTEM)):
        yield


@contextmanager
def index_scope() -> Iterator[None]:
    """Run the block as the current tenant, but without row-level security; managers still filter by the tenant.

    For a search alone: under a policy PostgreSQL keeps operators that are not leak-proof (`LIKE`) from their index.
    """
    scope = current_scope()
    with _scoped(Scope(Role.SYSTEM, current_tenant_id(), scope.version)):
        yield


@contextmanager
def owner_scope() -> Iterator[None]:
    """Run the block as the database's owner, for changes of the schema."""
    with _scoped(Scope(Role.OWNER)):
        yield
