"""What is sent: a tenant's own email templates, and the messages a development installation keeps."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import EntityModel


class EmailTemplate(EntityModel):
    """A tenant's own template of one message type in one language; `details` is `{subject, content, …}`."""

    is_configuration = True

    language_tag = models.CharField(max_length=16)
    template_type = models.CharField(max_length=64)
    details = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "email template"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "language_tag", "template_type"], name="email_template")
        ]

    def __str__(self) -> str:
        return f"{self.template_type} ({self.language_tag})"


class MailboxMessage(EntityModel):
    """A message caught by the development mailbox. Never written in production."""

    channel = models.CharField(max_length=8)
    recipient = models.CharField(max_length=128)
    template_type = models.CharField(max_length=64)
    subject = models.CharField(max_length=512, blank=True)
    content = models.TextField()
    content_type = models.CharField(max_length=16, default="text/plain")
    code = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["tenant", "-created_at"], name="mailbox_newest")]
