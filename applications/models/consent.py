"""What third-party applications may ask users for, and how applications present themselves."""

from django.db import models

from access.models import Scope
from applications.models.application import Application
from organizations.models import OrganizationScope
from tenants.models import EntityModel, TenantForeignKey


class ApplicationUserScope(EntityModel):
    """One of the provider's own scopes that a third-party application may ask for."""

    is_configuration = True

    application = TenantForeignKey(Application, related_name="user_scopes")
    scope = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application", "scope"], name="application_user_scope")
        ]


class ApplicationResourceScope(EntityModel):
    """A permission of an API that a third-party application may ask for on behalf of the user."""

    is_configuration = True

    application = TenantForeignKey(Application, related_name="resource_scopes")
    scope = TenantForeignKey(Scope, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application", "scope"], name="application_resource_scope")
        ]


class ApplicationOrganizationScope(EntityModel):
    """A permission of the organization template that a third-party application may ask for."""

    is_configuration = True

    application = TenantForeignKey(Application, related_name="organization_scopes")
    scope = TenantForeignKey(OrganizationScope, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "application", "scope"], name="application_organization_scope")
        ]


class ApplicationOrganizationResourceScope(EntityModel):
    """A permission of an API that a third-party application may use in the organizations users let it into."""

    is_configuration = True

    application = TenantForeignKey(Application, related_name="organization_resource_scopes")
    scope = TenantForeignKey(Scope, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "application", "scope"], name="application_organization_resource_scope"
            )
        ]


class ApplicationSignInExperience(EntityModel):
    """How an application presents itself: its name and logo for users, its terms, and its look of the sign-in pages."""

    is_configuration = True

    application = TenantForeignKey(Application, related_name="sign_in_experiences")
    color = models.JSONField(default=dict, blank=True)
    branding = models.JSONField(default=dict, blank=True)
    custom_css = models.TextField(null=True, blank=True)
    terms_of_use_url = models.CharField(max_length=2048, null=True, blank=True)
    privacy_policy_url = models.CharField(max_length=2048, null=True, blank=True)
    display_name = models.CharField(max_length=256, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "application"], name="application_sign_in_experience")]
