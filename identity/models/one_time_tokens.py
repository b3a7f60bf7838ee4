"""One-time tokens: what a link carries that signs the owner of an email address in."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now

from tenants.models import EntityModel


class OneTimeToken(EntityModel):
    """A token that proves an email address once. Only the SHA-256 of its value is stored.

    `status` is what was done to it; a token that nobody used by `expires_at` is expired without a write, so read
    `status_at`. `context` is `{jitOrganizationIds?, interactionEvent?}`.
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        CONSUMED = "consumed"
        REVOKED = "revoked"
        EXPIRED = "expired"

    email = models.CharField("email", max_length=128)
    token_sha256 = models.CharField(max_length=64, editable=False)
    context = models.JSONField(default=dict)
    status = models.CharField(max_length=16, choices=Status, default=Status.ACTIVE)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField("expires")

    class Meta:
        verbose_name = "magic link"
        constraints = [models.UniqueConstraint(fields=["tenant", "token_sha256"], name="one_time_token_value")]
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="one_time_token_newest"),
            models.Index(fields=["tenant", "email", "status"], name="one_time_token_email"),
            models.Index(fields=["expires_at"], name="one_time_token_expiry"),
        ]

    def __str__(self) -> str:
        return self.email

    def status_at(self, moment: datetime) -> Status:
        """Return the status that the token has at a moment."""
        is_overdue = self.status == self.Status.ACTIVE and self.expires_at <= moment
        return self.Status.EXPIRED if is_overdue else self.Status(self.status)
