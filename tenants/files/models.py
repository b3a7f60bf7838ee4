"""The files of a tenant: pictures that were uploaded, checked and drawn anew."""

from django.db import models
from django.db.models.functions import Now

from tenants.hosts import origin_of_tenant
from tenants.models import EntityModel

# Where files are served, in front of their name.
PATH = "/files/"


class StoredFile(EntityModel):
    """A file in the storage. Its name is the digest of its content, so what is at an address never changes."""

    class Kind(models.TextChoices):
        ASSET = "asset", "A picture of the pages: logo, favicon, background"
        AVATAR = "avatar", "A user's picture; deleted if after a day no user has it"

    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(max_length=80, help_text="The last part of its address: digest and extension.")
    key = models.CharField(max_length=255, help_text="What the storage knows it by.")
    media_type = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64, help_text="Of the stored content, in hexadecimal digits.")
    stored_by = models.CharField(max_length=64, blank=True, help_text="Kind and id of who stored it first.")
    stored_at = models.DateTimeField(db_default=Now(), help_text="When it was last stored.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="stored_file_name")]
        indexes = [models.Index(fields=["tenant", "kind", "stored_at"], name="stored_file_age")]

    @property
    def url(self) -> str:
        """Its absolute address, at the tenant's own host."""
        return f"{origin_of_tenant(self.tenant_id)}{PATH}{self.name}"
