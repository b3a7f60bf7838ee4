"""Tenants come into being, are renamed, suspended and removed."""

from django.db import IntegrityError, transaction
from django.dispatch import Signal

from common.actors import SYSTEM, Actor
from common.errors import AppError
from tenants.announcing import announce
from tenants.configuration import forget
from tenants.context import all_tenants_scope, enter_tenant
from tenants.files import storage
from tenants.files.models import StoredFile
from tenants.hosts import ADMIN_TENANT, DEFAULT_TENANT, TENANT_ID
from tenants.isolation import tenant_models
from tenants.models import RowCount, Tenant
from tenants.services.keys import add_first_keys

# Host names with another meaning, and the names of the console's own pages.
_RESERVED = frozenset({"www", "api", "console", "static", "mail", "sign-in", "sign-out", "callback", "tenants"})

# Sent inside the new tenant and the creating transaction; rooms above seed their defaults. Arguments: `tenant`.
tenant_created = Signal()


@transaction.atomic
def create_tenant(tenant_id: str, *, name: str, tag: str = "development", actor: Actor = SYSTEM) -> Tenant:
    """Create a tenant with its signing keys and every room's defaults; it is reachable when this commits.

    Raises `tenant.invalid_id` and `tenant.id_in_use`.
    """
    if not TENANT_ID.fullmatch(tenant_id) or tenant_id in _RESERVED:
        raise AppError("tenant.invalid_id")
    try:
        with transaction.atomic():
            tenant = Tenant.objects.create(id=tenant_id, name=name, tag=tag)
    except IntegrityError as error:
        raise AppError("tenant.id_in_use") from error
    with enter_tenant(tenant_id):
        add_first_keys()
        announce("Tenant.Created", actor=actor, kind="Tenant", id=tenant.id, name=name)
        tenant_created.send(Tenant, tenant=tenant)
    return tenant


@transaction.atomic
def update_tenant(tenant: Tenant, *, name: str | None = None, tag: str | None = None, actor: Actor) -> Tenant:
    """Change a tenant's name or tag."""
    before = {"name": tenant.name, "tag": tenant.tag}
    if name is not None:
        tenant.name = name
    if tag is not None:
        tenant.tag = tag
    tenant.save(update_fields=["name", "tag"])
    after = {"name": tenant.name, "tag": tenant.tag}
    if before != after:
        with enter_tenant(tenant.id):
            announce(
                "Tenant.Updated", actor=actor, kind="Tenant", id=tenant.id, name=tenant.name, before=before, after=after
            )
    return tenant


@transaction.atomic
def set_tenant_suspended(tenant: Tenant, *, suspended: bool, actor: Actor) -> Tenant:
    """Take a tenant off the air, or put it back: a suspended tenant's host answers like one that does not exist.

    Raises `tenant.permanent` for `admin` and `default`.
    """
    _refuse_permanent(tenant)
    was_suspended, tenant.is_suspended = tenant.is_suspended, suspended
    tenant.save(update_fields=["is_suspended"])
    if was_suspended != suspended:
        with enter_tenant(tenant.id):
            announce(
                "Tenant.SuspensionStatus.Updated",
                actor=actor,
                kind="Tenant",
                id=tenant.id,
                name=tenant.name,
                before={"isSuspended": was_suspended},
                after={"isSuspended": suspended},
            )
    transaction.on_commit(lambda: forget(tenant.id))
    return tenant


@transaction.atomic
def delete_tenant(tenant: Tenant, *, actor: Actor) -> None:
    """Delete a tenant with everything it owns, its history too; tenant `admin` keeps who deleted it.

    Raises `tenant.permanent` for `admin` and `default`.
    """
    _refuse_permanent(tenant)
    tenant_id = tenant.id
    with enter_tenant(ADMIN_TENANT):
        announce("Tenant.Deleted", actor=actor, kind="Tenant", id=tenant_id, name=tenant.name)
    with all_tenants_scope():
        keys = list(StoredFile.all_tenants.filter(tenant=tenant).values_list("key", flat=True))
        # By tenant, not by the ids of rows that refer to each other: an id may be known in several tenants.
        # The counts last, as every deletion adds to them.
        for model in sorted(tenant_models(), key=lambda model: model is RowCount):
            rows = model.all_tenants.filter(tenant=tenant)
            rows._raw_delete(rows.db)
        tenant.delete()
    transaction.on_commit(lambda: forget(tenant_id))
    transaction.on_commit(lambda: storage.remove(keys))


def is_permanent(tenant_id: str) -> bool:
    """Whether the tenant belongs to the installation: it can be neither suspended nor deleted."""
    return tenant_id in (ADMIN_TENANT, DEFAULT_TENANT)


def _refuse_permanent(tenant: Tenant) -> None:
    if is_permanent(tenant.id):
        raise AppError("tenant.permanent")
