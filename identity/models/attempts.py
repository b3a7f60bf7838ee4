"""Failed and counted attempts: lockouts and send limits. They live in PostgreSQL, so every process sees the same."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import EntityModel


class SentinelActivity(EntityModel):
    """One attempt to prove something guessable, with what was decided about it."""

    class Result(models.TextChoices):
        SUCCESS = "Success"
        FAILED = "Failed"

    class Decision(models.TextChoices):
        ALLOWED = "Allowed"
        BLOCKED = "Blocked"

    target_hash = models.CharField(max_length=64, help_text="SHA-256 of the identifier, or of the user id.")
    action = models.CharField(max_length=64)
    result = models.CharField(max_length=16, choices=Result)
    decision = models.CharField(max_length=16, choices=Decision)
    decision_expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "target_hash", "-created_at"], name="sentinel_target"),
            models.Index(fields=["created_at"], name="sentinel_time"),
        ]


class MessageSend(EntityModel):
    """One message sent to a recipient, counted against the send limit."""

    action = models.CharField(max_length=64)
    recipient_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["tenant", "action", "recipient_hash", "-created_at"], name="message_send")]
