"""Subject tokens: a backend's permission to act as a user, once (RFC 8693)."""

from django.db import models
from django.db.models.functions import Now

from identity.models import User
from tenants.models import EntityModel, TenantForeignKey


class SubjectToken(EntityModel):
    """Stands for a user at the token endpoint until it is used or has expired; only its SHA-256 is kept."""

    value_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    user = TenantForeignKey(User, related_name="+")
    context = models.JSONField(default=dict, help_text="What its creator says about it.")
    creator_id = models.CharField(max_length=21, blank=True, help_text="Who asked for it: an application or a user.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="subject_token_expiry")]
