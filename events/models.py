"""The audit log."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import EntityModel


class AuditLog(EntityModel):
    """One event. `payload` holds `result`, `error?`, `ip?`, `userAgent?`, `userId?`, `applicationId?` … sanitized."""

    key = models.CharField(max_length=128)
    payload = models.JSONField(default=dict)
    user_id = models.CharField(max_length=21, null=True, blank=True)
    application_id = models.CharField(max_length=128, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "audit log entry"
        verbose_name_plural = "audit log entries"
        indexes = [
            models.Index(fields=["tenant", "-created_at", "id"], name="audit_log_time"),
            models.Index(fields=["tenant", "key", "-created_at"], name="audit_log_key"),
            models.Index(fields=["tenant", "user_id", "-created_at"], name="audit_log_user"),
            models.Index(fields=["tenant", "application_id", "-created_at"], name="audit_log_application"),
        ]

    def __str__(self) -> str:
        return self.key
