"""API resources, their permissions, and the global roles that grant them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tenants.models import EntityModel, TenantForeignKey


class RoleType(models.TextChoices):
    """Who may hold a role: people or machine-to-machine applications."""

    USER = "User"
    MACHINE_TO_MACHINE = "MachineToMachine"


class TokenHeaderType(models.TextChoices):
    """The `typ` of an API's access tokens: what RFC 9068 section 2.1 asks for, or what older libraries expect."""

    AT_JWT = "at+jwt", "at+jwt"
    JWT = "JWT", "JWT"


class Resource(EntityModel):
    """An API. `indicator` is the absolute URI that goes into `aud` (RFC 8707); it never changes."""

    is_configuration = True

    name = models.TextField()
    indicator = models.TextField()
    is_default = models.BooleanField(default=False)
    access_token_ttl = models.PositiveIntegerField(default=3600, help_text="Seconds.")
    access_token_header_type = models.CharField(
        max_length=16, choices=TokenHeaderType, default=TokenHeaderType.AT_JWT, db_default=TokenHeaderType.AT_JWT
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "API resource"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "indicator"], name="resource_indicator"),
            models.UniqueConstraint(fields=["tenant"], condition=Q(is_default=True), name="resource_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class Scope(EntityModel):
    """A permission of one API resource; its name is what a token's `scope` lists."""

    is_configuration = True

    resource = TenantForeignKey(Resource, related_name="scopes")
    name = models.CharField(max_length=256)
    description = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "permission"
        constraints = [models.UniqueConstraint(fields=["tenant", "resource", "name"], name="scope_name")]

    def __str__(self) -> str:
        return self.name


class Role(EntityModel):
    """A global role: a named set of API permissions for users or for machine-to-machine applications."""

    is_configuration = True

    name = models.CharField(max_length=128)
    description = models.CharField(max_length=128)
    type = models.CharField(max_length=16, choices=RoleType, default=RoleType.USER)
    is_default = models.BooleanField(default=False, help_text="Given to every new user.")
    scopes = models.ManyToManyField(Scope, through="RoleScope", related_name="roles")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="role_name")]

    def __str__(self) -> str:
        return self.name


class RoleScope(EntityModel):
    """A permission that a role grants."""

    is_configuration = True

    role = TenantForeignKey(Role, related_name="role_scopes")
    scope = TenantForeignKey(Scope, related_name="role_scopes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "role", "scope"], name="role_scope")]
