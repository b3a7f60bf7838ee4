"""The factors that users have set up: authenticator apps, passkeys, sets of backup codes."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django_otp.models import Device, DeviceManager

from identity.factor_types import FactorType
from identity.models.user import User
from tenants.models import EntityModel, TenantForeignKey, TenantManager


class FactorManager(TenantManager["Factor"], DeviceManager):
    """Sees the current tenant's factors, and answers django-otp's `devices_for_user`."""


class Factor(EntityModel, Device):
    """One factor that a user has set up; a row is written once the user has proved that it works.

    What a type keeps where is its own affair (`identity.factors`): `sealed_secret` holds what must be read back,
    `lookup_hash` what the factor is found by, `counter` the last time step or signature counter, which only grows, and
    `details` the rest, nothing secret in clear.
    """

    has_personal_name = True

    user = TenantForeignKey(User, related_name="factors")
    type = models.CharField(max_length=32, choices=FactorType)
    name = models.CharField(max_length=128, null=True, blank=True)
    sealed_secret = models.BinaryField(null=True, editable=False)
    lookup_hash = models.CharField(max_length=64, null=True, editable=False)
    counter = models.BigIntegerField(default=0, editable=False)
    details = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[FactorManager] = FactorManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "type"],
                condition=Q(type__in=[FactorType.TOTP, FactorType.BACKUP_CODE]),
                name="factor_one_of_type",
            ),
            models.UniqueConstraint(fields=["tenant", "lookup_hash"], name="factor_lookup"),
        ]
        indexes = [models.Index(fields=["tenant", "user"], name="factor_user")]

    def __str__(self) -> str:
        return self.name or self.get_type_display()
