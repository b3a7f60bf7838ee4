"""Personal access tokens: what a user's scripts exchange for access tokens."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now

from identity.models.user import User
from tenants.models import EntityModel, TenantForeignKey


class PersonalAccessToken(EntityModel):
    """A named, reusable token of one user. Only the SHA-256 of its value is stored."""

    user = TenantForeignKey(User, related_name="personal_access_tokens")
    name = models.CharField(max_length=256)
    value_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user", "name"], name="personal_access_token_name")]

    def __str__(self) -> str:
        return self.name

    def is_expired(self, moment: datetime) -> bool:
        """Whether the token is worth nothing any more."""
        return self.expires_at is not None and self.expires_at <= moment
