"""The organization template: permissions and roles shared by all organizations of a tenant."""

from django.db import models
from django.db.models.functions import Now

from access.models import RoleType, Scope
from tenants.models import EntityModel, TenantForeignKey


class OrganizationScope(EntityModel):
    """A permission of the template; its name is what an organization token's `scope` lists."""

    is_configuration = True

    name = models.CharField(max_length=128)
    description = models.CharField(max_length=256, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "organization permission"
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="organization_scope_name")]

    def __str__(self) -> str:
        return self.name


class OrganizationRole(EntityModel):
    """A role of the template. It grants organization permissions and API permissions within an organization."""

    is_configuration = True

    name = models.CharField(max_length=128)
    description = models.CharField(max_length=256, null=True, blank=True)
    type = models.CharField(max_length=16, choices=RoleType, default=RoleType.USER)
    scopes = models.ManyToManyField(OrganizationScope, through="OrganizationRoleScope", related_name="roles")
    resource_scopes = models.ManyToManyField(
        Scope, through="OrganizationRoleResourceScope", related_name="organization_roles"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="organization_role_name")]

    def __str__(self) -> str:
        return self.name


class OrganizationRoleScope(EntityModel):
    """An organization permission that a role grants."""

    is_configuration = True

    role = TenantForeignKey(OrganizationRole, related_name="role_scopes")
    scope = TenantForeignKey(OrganizationScope, related_name="role_scopes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "role", "scope"], name="organization_role_scope")]


class OrganizationRoleResourceScope(EntityModel):
    """An API permission that a role grants within an organization."""

    is_configuration = True

    role = TenantForeignKey(OrganizationRole, related_name="role_resource_scopes")
    scope = TenantForeignKey(Scope, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "role", "scope"], name="organization_role_resource_scope")
        ]
