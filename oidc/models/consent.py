"""What users let third-party applications have."""

from django.db import models
from django.db.models.functions import Now

from applications.models import Application
from organizations.models import OrganizationMember
from tenants.models import EntityModel, TenantForeignKey


class ConsentedOrganization(EntityModel):
    """A user lets a third-party application act in one of their organizations; it goes with the membership."""

    application = TenantForeignKey(Application, related_name="consented_organizations")
    member = TenantForeignKey(OrganizationMember, related_name="consented_applications")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application", "member"], name="consented_organization")
        ]
