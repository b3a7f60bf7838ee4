"""Where a tenant's audit log is sent, and how far it has come."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import EntityModel


class LogStream(EntityModel):
    """A destination of the audit log. Its configuration (`url`, `headers?`, `format?`) is sealed: headers hold keys.

    Everything up to `position`, an entry's `transaction_id`, and `position_id`, its id, has been sent.
    """

    class Kind(models.TextChoices):
        HTTP = "Http"
        OPEN_TELEMETRY = "OpenTelemetry"

    name = models.CharField(max_length=128)
    kind = models.CharField(max_length=16, choices=Kind)
    sealed_config = models.BinaryField(editable=False)
    enabled = models.BooleanField(default=True)
    position = models.BigIntegerField(default=0, editable=False)
    position_id = models.CharField(max_length=21, blank=True, default="", editable=False)
    # The database that `position` counts the transactions of, and from when on entries are sent.
    database_id = models.CharField(max_length=20, blank=True, default="", editable=False)
    since = models.DateTimeField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    leased_by = models.CharField(max_length=21, blank=True, default="", editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    error = models.CharField(max_length=256, blank=True, default="", editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    sent_count = models.BigIntegerField(default=0, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "log stream"
        verbose_name_plural = "log streams"
        indexes = [models.Index(fields=["tenant", "created_at"], name="log_stream_tenant")]

    def __str__(self) -> str:
        return self.name
