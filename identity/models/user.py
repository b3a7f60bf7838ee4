"""Users and the global roles they hold."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from access.models import Role
from common.ids import new_short_id
from tenants.models import EntityModel, TenantForeignKey, TenantModel


class User(TenantModel):
    """A person's account in one tenant.

    Names, addresses and numbers are kept as given; the `*_key` columns hold the normalized form that uniqueness and
    look-ups compare by plain equality, and `search` the lower-case text of everything that can be searched for.
    """

    has_personal_name = True
    is_counted = True

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    is_anonymous = False
    is_authenticated = True

    id = models.CharField(primary_key=True, max_length=12, default=new_short_id, editable=False)
    username = models.CharField(max_length=128, null=True, blank=True)
    username_key = models.CharField(max_length=128, null=True, editable=False)
    primary_email = models.CharField(max_length=128, null=True, blank=True)
    email_key = models.CharField(max_length=128, null=True, editable=False)
    primary_phone = models.CharField(max_length=128, null=True, blank=True)
    password_encrypted = models.CharField(max_length=1024, null=True, editable=False)
    password_encryption_method = models.CharField(max_length=16, null=True, editable=False)
    password_updated_at = models.DateTimeField(null=True, editable=False)
    is_password_expired = models.BooleanField(default=False)
    name = models.CharField(max_length=128, null=True, blank=True)
    avatar = models.CharField(max_length=2048, null=True, blank=True)
    profile = models.JSONField(default=dict, blank=True)
    custom_data = models.JSONField(default=dict, blank=True)
    identities = models.JSONField(default=dict, blank=True, help_text="Linked social identities by target.")
    account_settings = models.JSONField(default=dict, blank=True, help_text="`logtoConfig` on the wire.")
    application_id = models.CharField(max_length=21, null=True, blank=True, editable=False)
    cimd_client_id = models.CharField(max_length=2048, null=True, blank=True, editable=False)
    is_suspended = models.BooleanField(default=False)
    last_sign_in_at = models.DateTimeField(null=True, editable=False)
    search = models.TextField(default="", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    roles = models.ManyToManyField(Role, through="UserRole", related_name="users")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "username_key"], name="user_username"),
            models.UniqueConstraint(fields=["tenant", "email_key"], name="user_email"),
            models.UniqueConstraint(fields=["tenant", "primary_phone"], name="user_phone"),
        ]
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="user_newest"),
            GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="user_search"),
        ]

    def __str__(self) -> str:
        return self.name or self.username or self.primary_email or self.primary_phone or self.id

    @property
    def is_active(self) -> bool:
        return not self.is_suspended

    @property
    def has_password(self) -> bool:
        return self.password_encrypted is not None


class UserRole(EntityModel):
    """A global role that a user holds."""

    user = TenantForeignKey(User, related_name="user_roles")
    role = TenantForeignKey(Role, related_name="user_roles", limit_choices_to=Q(type="User"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user", "role"], name="user_role")]
