"""Imports of users: the job, what was wrong with its rows, and where users came from."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from common.actors import Actor
from identity.models.user import User
from tenants.models import EntityModel, TenantForeignKey, TenantModel


class UserImport(EntityModel):
    """A file of users on its way into the tenant.

    `position` is the byte of the file at which the next batch begins; it is committed with the batch before it, so that
    whoever goes on after a crash begins exactly there. The file is stored sealed, in `chunk_count` parts; an import
    that `is_local` is run by the command that has the file at hand.
    """

    class Status(models.TextChoices):
        UPLOADED = "Uploaded"
        CHECKING = "Checking"
        CHECKED = "Checked"
        IMPORTING = "Importing"
        COMPLETED = "Completed"
        CANCELED = "Canceled"
        FAILED = "Failed"

    file_name = models.CharField(max_length=256, blank=True)
    file_size = models.BigIntegerField(default=0, help_text="Bytes.")
    file_sha256 = models.CharField(max_length=64, blank=True)
    chunk_count = models.IntegerField(default=0, editable=False)
    is_local = models.BooleanField(default=False, editable=False, help_text="Whether the file stays where it is.")
    source = models.CharField(max_length=32, blank=True)
    layout = models.CharField(max_length=16, blank=True, help_text="How rows stand in the file.")
    header = models.JSONField(default=dict, editable=False, help_text="Delimiter and columns of a CSV file.")
    options = models.JSONField(default=dict)
    sealed_options = models.BinaryField(null=True, editable=False, help_text="Those that are secrets.")
    status = models.CharField(max_length=16, choices=Status, default=Status.UPLOADED)
    is_dry_run = models.BooleanField(default=True, editable=False, help_text="Whether nothing is written.")
    first_position = models.BigIntegerField(default=0, editable=False)
    first_line = models.BigIntegerField(default=1, editable=False)
    position = models.BigIntegerField(default=0, editable=False)
    line = models.BigIntegerField(default=1, editable=False)
    rows = models.BigIntegerField(default=0, editable=False)
    created = models.BigIntegerField(default=0, editable=False)
    updated = models.BigIntegerField(default=0, editable=False)
    skipped = models.BigIntegerField(default=0, editable=False)
    failed = models.BigIntegerField(default=0, editable=False)
    dry_run_counts = models.JSONField(null=True, editable=False)
    error_code = models.CharField(max_length=128, null=True, editable=False)
    actor_kind = models.CharField(max_length=16, editable=False)
    actor_id = models.CharField(max_length=64, blank=True, editable=False)
    lease = models.CharField(max_length=21, null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="user_import_newest"),
            models.Index(
                fields=["updated_at"], condition=Q(status__in=["Checking", "Importing"]), name="user_import_active"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or self.id

    @property
    def actor(self) -> Actor:
        """Who began the import: what it writes is theirs in the history."""
        return Actor(self.actor_kind, self.actor_id)  # type: ignore[arg-type]  # it was a kind when it was stored

    @property
    def is_active(self) -> bool:
        return self.status in (self.Status.CHECKING, self.Status.IMPORTING)


class UserImportProblem(TenantModel):
    """Why one row of a file was not taken; the message follows from the code. Values of the row are not kept."""

    id = models.BigAutoField(primary_key=True)
    user_import = TenantForeignKey(UserImport, related_name="problems", db_index=False)
    row = models.BigIntegerField()
    line = models.BigIntegerField()
    field = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=128)
    parameters = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["tenant", "user_import", "id"], name="user_import_problem")]


class UserImportKey(TenantModel):
    """The digest of an identifier that a row of the file has claimed, until the import has ended."""

    id = models.BigAutoField(primary_key=True)
    user_import = TenantForeignKey(UserImport, related_name="keys", db_index=False)
    key = models.CharField(max_length=64)
    row = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user_import", "key"], name="user_import_key")]


class UserSource(EntityModel):
    """What an imported user is called where they came from: the same row of a later import finds the user by it."""

    user = TenantForeignKey(User, related_name="sources")
    source = models.CharField(max_length=32)
    source_id = models.CharField(max_length=256)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "source", "source_id"], name="user_source")]

    def __str__(self) -> str:
        return f"{self.source}: {self.source_id}"
