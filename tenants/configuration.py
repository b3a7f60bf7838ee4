"""The in-process cache of what depends only on a tenant's configuration.

Every tenant has a version stamp that a database trigger raises, in the writer's transaction, with each change of a
configuration row (applications, resources, roles, keys, sign-in settings …). A request reads the stamp once; entries of
another stamp are dropped. A write in this process also drops them at once, so a transaction sees its own changes.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

from django.db import connection, models
from django.db.models.signals import post_delete, post_save

from tenants.context import current_scope, current_tenant_id
from tenants.database.base import rolled_back

T = TypeVar("T")

_MAX_ENTRIES_PER_TENANT = 10_000

_lock = Lock()
_caches: dict[str, tuple[int, dict[Hashable, Any]]] = {}


def read_version(tenant_id: str) -> int | None:
    """Return the tenant's configuration version, `None` where no such tenant is or it is suspended. 1 statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT configuration_version FROM tenants_tenant WHERE id = %s AND NOT is_suspended", [tenant_id]
        )
        row = cursor.fetchone()
    return None if row is None else row[0]


def _entries(tenant_id: str) -> dict[Hashable, Any]:
    version = current_scope().version
    if version is None:
        version = read_version(tenant_id) or 0
    with _lock:
        held = _caches.get(tenant_id)
        if held is None or held[0] != version or len(held[1]) > _MAX_ENTRIES_PER_TENANT:
            held = _caches[tenant_id] = (version, {})
        return held[1]


def cached(kind: str, key: Hashable, load: Callable[[], T]) -> T:
    """Return `load()` of the current tenant, remembered until the tenant's configuration changes.

    `load` must depend on configuration rows alone. Its result is shared between threads: return something immutable.
    """
    entries = _entries(current_tenant_id())
    found = entries.get((kind, key), entries)
    if found is entries:
        found = entries[(kind, key)] = load()
    return cast(T, found)


def forget(tenant_id: str | None = None) -> None:
    """Drop what this process holds of one tenant, or of all."""
    with _lock:
        if tenant_id is None:
            _caches.clear()
        else:
            _caches.pop(tenant_id, None)


def forget_if_configuration(model: type[models.Model]) -> None:
    """Drop the current tenant's entries if `model` is configuration; of all tenants outside of one."""
    if getattr(model, "is_configuration", False):
        forget(current_scope().tenant_id or None)


def _on_write(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    if getattr(sender, "is_configuration", False):
        forget(cast(Any, instance).tenant_id)


def _on_rollback(**_: Any) -> None:
    forget(current_scope().tenant_id or None)


def connect_signals() -> None:
    """Follow this process's own writes. Called once, by the app's `ready`."""
    rolled_back.connect(_on_rollback, dispatch_uid="tenants.configuration.rollback")
    post_save.connect(_on_write, dispatch_uid="tenants.configuration.save")
    post_delete.connect(_on_write, dispatch_uid="tenants.configuration.delete")
