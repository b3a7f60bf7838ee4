"""Browsers in which a user's second factor was proved before, and need not be proved again for a while."""

from django.db import models
from django.db.models.functions import Now

from identity.models.user import User
from tenants.models import EntityModel, TenantForeignKey


class TrustedDevice(EntityModel):
    """A browser that holds a token which stands in for a user's second factor until `expires_at`.

    Only the SHA-256 of the token's secret is stored. `country` and `city` are where the user was when it was trusted.
    """

    user = TenantForeignKey(User, related_name="trusted_devices")
    secret_sha256 = models.CharField(max_length=64, editable=False)
    user_agent = models.CharField(max_length=512, null=True, blank=True)
    country = models.CharField(max_length=16, null=True, blank=True)
    city = models.CharField(max_length=128, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField("expires")

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "user", "-last_used_at"], name="trusted_device_user"),
            models.Index(fields=["expires_at"], name="trusted_device_expiry"),
        ]

    def __str__(self) -> str:
        return self.user_agent or self.id
