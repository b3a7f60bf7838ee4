"""Just-in-time provisioning: who joins an organization by themselves, and with which roles."""

from django.db import models

from connectors.models import SsoConnector
from organizations.models.organization import Organization
from organizations.models.template import OrganizationRole
from tenants.models import EntityModel, TenantForeignKey


class JitEmailDomain(EntityModel):
    """New users with a verified address of this domain join the organization."""

    organization = TenantForeignKey(Organization, related_name="jit_email_domains")
    email_domain = models.CharField(max_length=128)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "organization", "email_domain"], name="jit_email_domain")
        ]
        indexes = [models.Index(fields=["tenant", "email_domain"], name="jit_by_domain")]

    def __str__(self) -> str:
        return self.email_domain


class JitRole(EntityModel):
    """A role given to everybody who joins the organization just in time."""

    organization = TenantForeignKey(Organization, related_name="jit_roles")
    role = TenantForeignKey(OrganizationRole, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "organization", "role"], name="jit_role")]


class JitSsoConnector(EntityModel):
    """Users who sign in at this enterprise's identity provider join the organization."""

    organization = TenantForeignKey(Organization, related_name="jit_sso_connectors")
    connector = TenantForeignKey(SsoConnector, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "organization", "connector"], name="jit_sso_connector")
        ]
