"""Machine-to-machine applications in organizations, and the template roles they hold there."""

from django.db import models
from django.db.models.functions import Now

from applications.models.application import Application
from organizations.models import Organization, OrganizationRole
from tenants.models import EntityModel, TenantForeignKey


class OrganizationApplication(EntityModel):
    """An application's place in an organization."""

    organization = TenantForeignKey(Organization, related_name="organization_applications")
    application = TenantForeignKey(Application, related_name="organization_applications")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "organization", "application"], name="organization_application")
        ]
        indexes = [models.Index(fields=["tenant", "application"], name="organization_by_application")]


class OrganizationApplicationRole(EntityModel):
    """A machine-to-machine role of the template that the application holds in the organization."""

    organization_application = TenantForeignKey(OrganizationApplication, related_name="application_roles")
    role = TenantForeignKey(OrganizationRole, related_name="organization_application_roles")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "organization_application", "role"], name="organization_application_role"
            )
        ]
