"""Tenants, their domains, keys and settings, and the base of everything a tenant owns."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models.functions import Now

from common.ids import new_id
from tenants import configuration
from tenants.context import current_tenant_id, find_current_tenant_id

M = TypeVar("M", bound=models.Model)


class Tenant(models.Model):
    """An isolated pool of users, applications, resources and organizations with its own issuer and keys."""

    id = models.CharField(primary_key=True, max_length=21)
    name = models.CharField(max_length=128)
    tag = models.CharField(max_length=64, default="development")
    is_suspended = models.BooleanField(default=False)
    configuration_version = models.BigIntegerField(
        default=0, editable=False, help_text="Raised by a trigger with every change of the tenant's configuration."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.name


class TenantQuerySet(models.QuerySet[M]):
    """A query set whose bulk writes also drop what this process caches of the tenant's configuration."""

    def update(self, **values: Any) -> int:
        configuration.forget_if_configuration(self.model)
        return super().update(**values)

    def bulk_create(self, *args: Any, **options: Any) -> list[M]:
        configuration.forget_if_configuration(self.model)
        return super().bulk_create(*args, **options)

    def delete(self) -> tuple[int, dict[str, int]]:
        configuration.forget_if_configuration(self.model)
        return super().delete()


class TenantManager(models.Manager[M]):
    """Sees the current tenant's rows only and refuses to work without one."""

    def get_queryset(self) -> TenantQuerySet[M]:
        return TenantQuerySet(self.model, using=self._db).filter(tenant_id=current_tenant_id())


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]  # generic in the stubs alone
    """A reference between two rows of one tenant.

    The database constraint is composite, `(tenant_id, <column>)` to `(tenant_id, id)`: PostgreSQL checks foreign keys
    past row-level security, so a plain one would accept another tenant's row. `tenants.isolation` creates it.
    """

    def __init__(self, to: Any, on_delete: Any = models.CASCADE, **options: Any) -> None:
        options.setdefault("db_constraint", False)
        super().__init__(to, on_delete, **options)


class TenantModel(models.Model):
    """Base of every row that belongs to a tenant.

    `tenants.isolation` gives each concrete subclass row-level security, composite foreign keys and, where
    `is_configuration` is true, the trigger that raises the tenant's configuration version.
    """

    is_configuration: ClassVar[bool] = False

    tenant = models.ForeignKey(Tenant, models.CASCADE, editable=False, related_name="+", db_index=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager()
    all_tenants: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        # Left out of a query by `only`, it is not in `__dict__`; asking for it would fetch it.
        if self.__dict__.get("tenant_id", "") is None and (tenant_id := find_current_tenant_id()):
            self.tenant_id = tenant_id


class EntityModel(TenantModel):
    """A tenant-owned row with a 21-character id, the form of most entities."""

    id = models.CharField(primary_key=True, max_length=21, default=new_id, editable=False)

    class Meta:
        abstract = True


class Domain(EntityModel):
    """A host name under which a tenant is reached. `domain` is unique in the installation."""

    is_configuration = True

    class Status(models.TextChoices):
        PENDING_VERIFICATION = "PendingVerification"
        PENDING_SSL = "PendingSsl"
        ACTIVE = "Active"
        ERROR = "Error"

    domain = models.CharField(max_length=256, unique=True)
    status = models.CharField(max_length=32, choices=Status, default=Status.PENDING_VERIFICATION)
    error_message = models.CharField(max_length=1024, null=True, blank=True)  # noqa: DJ001 - null on the wire
    dns_records = models.JSONField(default=list, blank=True)
    verification_token = models.CharField(max_length=64, default=new_id, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.domain


class SigningKey(EntityModel):
    """A private key of the tenant's issuer, sealed at rest. `id` is the `kid` (RFC 7638 thumbprint)."""

    is_configuration = True

    class Status(models.TextChoices):
        NEXT = "Next"
        CURRENT = "Current"
        PREVIOUS = "Previous"

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    algorithm = models.CharField(max_length=16)
    sealed_private_key = models.BinaryField(editable=False)
    public_jwk = models.JSONField(editable=False)
    status = models.CharField(max_length=16, choices=Status)
    promote_at = models.DateTimeField(null=True, blank=True, help_text="When a Next key becomes Current.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "status"], name="signing_key_one_per_status"),
        ]

    def __str__(self) -> str:
        return self.id


class TenantSetting(EntityModel):
    """One value of the tenant's key-value configuration; the keys are those of `tenants.services.settings`."""

    is_configuration = True

    key = models.CharField(max_length=256)
    value = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="tenant_setting_key")]

    def __str__(self) -> str:
        return self.key
