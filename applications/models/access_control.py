"""Who may use an application whose access is controlled: a user named by any of these rows may."""

from django.db import models
from django.db.models import Q

from access.models import Role
from applications.models.application import Application
from identity.models import User
from organizations.models import Organization, OrganizationRole
from tenants.models import EntityModel, TenantForeignKey


class ApplicationAccessUser(EntityModel):
    """This user may use the application."""

    application = TenantForeignKey(Application, related_name="access_users")
    user = TenantForeignKey(User, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application", "user"], name="application_access_user")
        ]


class ApplicationAccessRole(EntityModel):
    """Whoever holds this global role may use the application."""

    application = TenantForeignKey(Application, related_name="access_roles")
    role = TenantForeignKey(Role, related_name="+", limit_choices_to=Q(type="User"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application", "role"], name="application_access_role")
        ]


class ApplicationAccessOrganization(EntityModel):
    """Every member of this organization may use the application."""

    application = TenantForeignKey(Application, related_name="access_organizations")
    organization = TenantForeignKey(Organization, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "application", "organization"], name="application_access_organization"
            )
        ]


class ApplicationAccessOrganizationRole(EntityModel):
    """Whoever holds this role in this organization may use the application."""

    application = TenantForeignKey(Application, related_name="access_organization_roles")
    organization = TenantForeignKey(Organization, related_name="+")
    role = TenantForeignKey(OrganizationRole, related_name="+", limit_choices_to=Q(type="User"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "application", "organization", "role"], name="application_access_organization_role"
            )
        ]
