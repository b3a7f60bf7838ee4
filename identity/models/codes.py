"""Verification codes sent by email and SMS."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import EntityModel


class VerificationCode(EntityModel):
    """A one-time code. Only its keyed hash is stored.

    `verification_id` is the verification record it belongs to; empty for codes of the Management API, which are keyed
    by the recipient alone.
    """

    class Channel(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"

    verification_id = models.CharField(max_length=21, blank=True)
    template_type = models.CharField(max_length=32)
    channel = models.CharField(max_length=8, choices=Channel)
    recipient = models.CharField(max_length=128)
    code_hash = models.CharField(max_length=64)
    try_count = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "verification_id", "template_type"], name="code_record"),
            models.Index(fields=["tenant", "channel", "recipient", "template_type"], name="code_recipient"),
            models.Index(fields=["expires_at"], name="code_expiry"),
        ]
