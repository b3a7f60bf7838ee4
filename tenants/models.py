"""Tenants, their domains, keys and settings, and the base of everything a tenant owns."""

from copy import copy
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.db.models.lookups import Exact
from django.db.models.sql import Query
from django.db.models.sql.where import AND
from django.utils.translation import gettext_lazy as _

from common import totals
from common.ids import new_id
from common.totals import Total, capped
from tenants import configuration
from tenants.context import current_tenant_id, find_current_tenant_id
from tenants.counts import count_all, count_few

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

    def find_own_values(self) -> dict[str, str] | None:
        """Return the columns by whose values alone the rows are chosen from all of the current tenant, with the values.

        `None` if anything else chooses them. Their order does not matter.
        """
        query: Any = self.query
        of_tenant: Any = _rows_of_a_tenant(self.model).where.children[0]
        first, *others = query.where.children or [None]
        is_part = query.is_sliced or query.distinct or query.combinator or query.where.connector != AND
        if is_part or query.where.negated or not _is_equality(first, of_tenant):
            return None
        if first.lhs.target is not of_tenant.lhs.target or first.rhs != find_current_tenant_id():
            return None
        if not all(_is_equality(other, of_tenant) for other in others):
            return None
        values = {other.lhs.target.column: other.rhs for other in others}
        return values if len(values) == len(others) and "tenant_id" not in values else None

    def is_whole(self) -> bool:
        """Whether these are all the tenant's rows, in whatever order."""
        return self.find_own_values() == {}

    def find_total(self) -> Total | None:
        """Return how many rows there are, at most one past the cap, if one prepared statement or none can say it."""
        if self._known_total and self._known_total[0] == self.query.where and not self.query.is_sliced:
            return self._known_total[1]
        values = self.find_own_values()
        if values is None:
            return None
        if not values and issubclass(self.model, TenantModel) and self.model.is_counted:
            return Total(count_all(self.model))
        return capped(count_few(self.model._meta.db_table, values, totals.COUNT_CAP + 1))

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


@cache
def _rows_of_a_tenant(model: type[models.Model]) -> Query:
    return models.QuerySet(model).filter(tenant_id="").query


def _is_equality(condition: Any, of_tenant: Any) -> bool:
    """Whether a condition compares a column of the same table with a text."""
    column: Any = getattr(condition, "lhs", None)
    return (
        type(condition) in (Exact, type(of_tenant))
        and type(column) is type(of_tenant.lhs)
        and column.alias == of_tenant.lhs.alias
        and isinstance(condition.rhs, str)
    )


def _rows_of_current_tenant(model: type[models.Model]) -> Query:
    """The query that a filter by the current tenant makes. Django takes ten times as long to make it again."""
    query = _rows_of_a_tenant(model).clone()
    of_tenant: Any = copy(query.where.children[0])
    of_tenant.rhs = current_tenant_id()
    query.where.children[0] = of_tenant
    return query


class TenantManager(models.Manager[M]):
    """Sees the current tenant's rows only and refuses to work without one."""

    def get_queryset(self) -> TenantQuerySet[M]:
        return TenantQuerySet(self.model, query=_rows_of_current_tenant(self.model), using=self._db)


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
    """A host name of a tenant's own. Several tenants may wait for the same one; who proves it first holds it."""

    is_configuration = True

    class Status(models.TextChoices):
        PENDING_VERIFICATION = "PendingVerification", _("Waiting for DNS records")
        PENDING_SSL = "PendingSsl", _("Waiting for a certificate")
        ACTIVE = "Active", _("Active")
        ERROR = "Error", _("Error")

    domain = models.CharField(max_length=256)
    status = models.CharField(max_length=32, choices=Status, default=Status.PENDING_VERIFICATION)
    verification_token = models.CharField(max_length=64, default=new_id, editable=False)
    verification_files = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "domain"], name="domain_once_per_tenant"),
            models.UniqueConstraint(
                fields=["domain"], condition=Q(status__in=["PendingSsl", "Active"]), name="domain_has_one_holder"
            ),
        ]
        indexes = [models.Index(fields=["domain"], name="domain_name")]

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
