"""Where a user has signed in from, for adaptive MFA."""

from django.db import models

from identity.models import User
from tenants.models import TenantForeignKey, TenantModel


class SignInPlace(TenantModel):
    """A country in which a user has signed in, and where in it the last time that coordinates were known.

    `country` is empty if only coordinates were known.
    """

    user = TenantForeignKey(User, related_name="+")
    country = models.CharField(max_length=2, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    located_at = models.DateTimeField(null=True, help_text="When the coordinates were noted.")
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user", "country"], name="sign_in_place_one_per_country")
        ]
        indexes = [models.Index(fields=["tenant", "last_seen_at"], name="sign_in_place_last_seen")]
