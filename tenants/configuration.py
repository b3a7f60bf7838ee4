"""The in-process cache of what depends only on a tenant's configuration.

Every tenant has a version stamp that a database trigger raises, in the writer's transaction, with each change of a
configuration row (applications, resources, roles, keys, sign-in settings …). A request knows the stamp; entries of
another stamp are dropped. A write in this process also drops them at once, so a transaction sees its own changes.

A stamp that was read is trusted for `CONFIGURATION_LEASE` seconds, counted from before the read. In return a request
that wrote configuration waits as long before it is answered (`settle`). So whoever has the answer to a write finds it
done in every process, without a word between them: a stamp that is trusted after that answer was read after the commit.
"""

import time
from collections.abc import Callable, Hashable
from threading import Lock, local
from typing import Any, TypeVar, cast

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_save

from tenants.context import current_scope, current_tenant_id
from tenants.database.base import rolled_back
from tenants.database.statements import fetch_value

T = TypeVar("T")

_MAX_ENTRIES_PER_TENANT = 10_000

_lock = Lock()
_caches: dict[str, tuple[int, dict[Hashable, Any]]] = {}
# By tenant: when the read of the stamp began, and the stamp.
_leases: dict[str, tuple[float, int]] = {}
_unsettled = local()
# Whether this thread has written configuration that a rollback could take back.
_uncommitted = local()

_READ_VERSION_OF_ANY = "SELECT configuration_version FROM tenants_tenant WHERE id = %s"
_READ_VERSION = f"{_READ_VERSION_OF_ANY} AND NOT is_suspended"


def read_version(tenant_id: str, *, even_if_suspended: bool = False) -> int | None:
    """Return the tenant's configuration version, `None` if there is no such tenant or it is suspended. 1 statement."""
    statement = _READ_VERSION_OF_ANY if even_if_suspended else _READ_VERSION
    return cast(int | None, fetch_value(statement, [tenant_id], scoped=False))


def leased_version(tenant_id: str) -> int | None:
    """Return what `read_version` does, or what it returned a moment ago. At most 1 statement.

    For the start of a request alone: inside a transaction it would not see that transaction's own writes.
    """
    lease = settings.CONFIGURATION_LEASE
    began = time.monotonic()
    held = _leases.get(tenant_id) if lease else None
    if held is not None and began - held[0] < lease:
        return held[1]
    version = read_version(tenant_id)
    if version is not None and lease:
        _leases[tenant_id] = (began, version)
    return version


def held_version(tenant_id: str) -> int | None:
    """Return the version that `leased_version` would return without asking, `None` if it would ask."""
    held = _leases.get(tenant_id)
    return held[1] if held is not None and time.monotonic() - held[0] < settings.CONFIGURATION_LEASE else None


def configuration_watch() -> Callable[[], bool]:
    """Return a check, without a statement, that the configuration which the current scope has read still holds.

    It says no as well where the stamp would have to be read again.
    """
    scope = current_scope()
    return lambda: scope.version is not None and held_version(scope.tenant_id) == scope.version


def settle() -> None:
    """Wait until no process trusts a stamp from before this thread's writes; at once where it wrote no configuration.

    To be called when every transaction has been committed and nothing has been answered yet.
    """
    if getattr(_unsettled, "value", False):
        _unsettled.value = False
        time.sleep(settings.CONFIGURATION_LEASE)


def _entries(tenant_id: str) -> dict[Hashable, Any]:
    version = current_scope().version
    if version is None:
        version = read_version(tenant_id) or 0
    # Read without the lock, several times in every request.
    held = _caches.get(tenant_id)
    if held is not None and held[0] == version and len(held[1]) <= _MAX_ENTRIES_PER_TENANT:
        return held[1]
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
            _leases.clear()
        else:
            _caches.pop(tenant_id, None)
            _leases.pop(tenant_id, None)


def forget_if_configuration(model: type[models.Model]) -> None:
    """Drop the current tenant's entries if `model` is configuration; of all tenants outside of one."""
    if getattr(model, "is_configuration", False):
        _forget_written(current_scope().tenant_id or None)


def _forget_written(tenant_id: str | None) -> None:
    _unsettled.value = True
    _note_uncommitted()
    forget(tenant_id)


def _note_uncommitted() -> None:
    """A commit makes what was written last: no later rollback takes it back."""
    _uncommitted.value = True
    transaction.on_commit(_note_committed)


def _note_committed() -> None:
    _uncommitted.value = False


def _on_write(instance: models.Model, **_: Any) -> None:
    _forget_written(cast(Any, instance).tenant_id)


def _on_write_of_tenant(instance: models.Model, **_: Any) -> None:
    _forget_written(cast(str, instance.pk))


def _on_rollback(**_: Any) -> None:
    """Drop what was read after a write that is taken back.

    A refused request rolls back too, and anybody can send one: what wrote nothing has read nothing that never was.
    """
    if not getattr(_uncommitted, "value", False):
        return
    forget(current_scope().tenant_id or None)
    if connection.in_atomic_block:
        # What was written before a savepoint can still be taken back.
        _note_uncommitted()
    else:
        _note_committed()


def connect_signals() -> None:
    """Follow this process's own writes. Called once, by the app's `ready`."""
    rolled_back.connect(_on_rollback, dispatch_uid="tenants.configuration.rollback")
    # Of configuration alone: where anybody listens, Django reads the rows that go with a deleted one before it deletes.
    configuration = [model for model in apps.get_models() if getattr(model, "is_configuration", False)]
    tenant = apps.get_model("tenants", "Tenant")
    for signal in (post_save, post_delete):
        for model in configuration:
            uid = f"tenants.configuration.{model._meta.label}.{id(signal)}"
            signal.connect(_on_write, sender=model, dispatch_uid=uid)
        signal.connect(_on_write_of_tenant, sender=tenant, dispatch_uid=f"tenants.configuration.tenant.{id(signal)}")
