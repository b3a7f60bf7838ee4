"""Tenants, their domains, keys and settings, and the base of everything a tenant owns."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from common.ids import new_id
from common.totals import Total
from tenants import configuration
from tenants.context import current_tenant_id, find_current_tenant_id
from tenants.counts import count_all

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
    """A query set whose bulk writes also drop what this process caches of the tenant's configuration.

    It knows how many rows it has if the database keeps that count, or if who made it has said so.
    """

    _known_total: tuple[Any, Total] | None = None

    def with_total(self, total: Total) -> Self:
        """Return the same rows with their number, which holds until they are narrowed further."""
        rows = self.all()
        rows._known_total = (rows.query.where, total)
        return rows

    def is_whole(self) -> bool:
        """Whether these are all the tenant's rows, in whatever order."""
        everything = self.model._default_manager.all().query
        return self.query.where == everything.where and not self.query.is_sliced and not self.query.distinct

    def find_total(self) -> Total | None:
        """Return how many rows there are if that is known without counting them. At most 1 statement."""
        if self._known_total and self._known_total[0] == self.query.where and not self.query.is_sliced:
            return self._known_total[1]
        if issubclass(self.model, TenantModel) and self.model.is_counted and self.is_whole():
            return Total(count_all(self.model))
        return None

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # the stubs lack it
        clone._known_total = self._known_total
        return clone

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
    `is_configuration` is true, the trigger that raises the tenant's configuration version; where `is_counted` is true,
    the triggers that keep the number of its rows (see `counts`).
    """

    is_configuration: ClassVar[bool] = False
    is_counted: ClassVar[bool] = False

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


class RowCount(TenantModel):
    """By how many rows a table has grown or shrunk for the tenant; the sum is their number. Written by triggers."""

    id = models.BigAutoField(primary_key=True)
    table_name = models.CharField(max_length=63)
    change = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "table_name"], name="row_count_table")]


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
    error_message = models.CharField(max_length=1024, null=True, blank=True)
    dns_records = models.JSONField(default=list, blank=True)
    verification_token = models.CharField(max_length=64, default=new_id, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.domain


class SigningKey(EntityModel):
    """A private key of the tenant's issuer, sealed at rest. `id` is the `kid` (RFC 7638 thumbprint)."""

    is_configuration = True

    class KeyType(models.TextChoices):
        EC = "EC"
        RSA = "RSA"

    class Status(models.TextChoices):
        NEXT = "Next"
        CURRENT = "Current"
        PREVIOUS = "Previous"

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    algorithm = models.CharField(max_length=16)
    key_type = models.CharField(max_length=3, choices=KeyType)
    is_default = models.BooleanField(
        default=False, help_text="Its type signs whatever no algorithm was chosen for, while it is Current."
    )
    sealed_private_key = models.BinaryField(editable=False)
    public_jwk = models.JSONField(editable=False)
    status = models.CharField(max_length=16, choices=Status)
    promote_at = models.DateTimeField(null=True, blank=True, help_text="When a Next key becomes Current.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key_type", "status"], name="signing_key_one_per_status"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_default=True, status="Current"), name="signing_key_one_default"
            ),
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
