"""Organizations and the people in them."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now, Upper

from common.ids import new_short_id
from identity.models import User
from organizations.models.template import OrganizationRole
from tenants.models import EntityModel, TenantForeignKey, TenantModel


class Organization(TenantModel):
    """A customer of the tenant: a workspace with members, each holding roles of the template."""

    is_counted = True

    id = models.CharField(primary_key=True, max_length=21, default=new_short_id, editable=False)
    name = models.CharField(max_length=128)
    description = models.CharField(max_length=256, null=True, blank=True)
    custom_data = models.JSONField(default=dict, blank=True)
    is_mfa_required = models.BooleanField(default=False, verbose_name="requires MFA")
    is_trusted_device_allowed = models.BooleanField(
        default=True, db_default=True, verbose_name="allows trusted devices"
    )
    color = models.JSONField(default=dict, blank=True)
    branding = models.JSONField(default=dict, blank=True)
    custom_css = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="organization_newest"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="organization_by_name"),
            GinIndex(OpClass(Upper("id"), name="gin_trgm_ops"), name="organization_by_id"),
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationMember(EntityModel):
    """A user's membership of an organization."""

    organization = TenantForeignKey(Organization, related_name="members")
    user = TenantForeignKey(User, related_name="memberships")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "organization", "user"], name="organization_member")]
        indexes = [
            models.Index(fields=["tenant", "user"], name="member_by_user"),
            models.Index(fields=["tenant", "organization", "-created_at", "-id"], name="member_newest"),
        ]


class MemberRole(EntityModel):
    """A role of the template that a member holds in the organization; it goes with the membership."""

    member = TenantForeignKey(OrganizationMember, related_name="member_roles")
    role = TenantForeignKey(OrganizationRole, related_name="member_roles")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "member", "role"], name="member_role")]
