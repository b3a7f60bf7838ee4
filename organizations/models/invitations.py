"""Invitations to join an organization."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from identity.models import User
from organizations.models.organization import Organization
from organizations.models.template import OrganizationRole
from tenants.models import EntityModel, TenantForeignKey


class OrganizationInvitation(EntityModel):
    """An email address is asked to join an organization; whoever accepts gets `roles` there.

    `invitee` is kept as given, `invitee_key` is the form in which it is compared to the accepting user's address.
    `status` is what was done to the invitation; one that nobody answered by `expires_at` is expired without a write, so
    read `status_at`. Of one address and organization at most one is pending.
    """

    # Its name is the address of somebody who may have no account here.
    has_personal_name = True

    class Status(models.TextChoices):
        PENDING = "Pending"
        ACCEPTED = "Accepted"
        EXPIRED = "Expired"
        REVOKED = "Revoked"

    organization = TenantForeignKey(Organization, related_name="invitations")
    invitee = models.CharField(max_length=256)
    invitee_key = models.CharField(max_length=256, editable=False)
    inviter = TenantForeignKey(User, null=True, blank=True, related_name="sent_invitations")
    accepted_user = TenantForeignKey(User, null=True, blank=True, related_name="accepted_invitations")
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    roles = models.ManyToManyField(OrganizationRole, through="OrganizationInvitationRole", related_name="invitations")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField("expires")

    class Meta:
        verbose_name = "invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "invitee_key", "organization"],
                condition=Q(status="Pending"),
                name="pending_invitation",
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="invitation_newest"),
            models.Index(fields=["tenant", "organization", "-created_at", "-id"], name="invitation_by_organization"),
            models.Index(fields=["tenant", "invitee_key"], name="invitation_by_invitee"),
            models.Index(fields=["tenant", "inviter"], name="invitation_by_inviter"),
            models.Index(fields=["tenant", "accepted_user"], name="invitation_by_accepted_user"),
            models.Index(fields=["tenant", "expires_at"], condition=Q(status="Pending"), name="invitation_expiry"),
        ]

    def __str__(self) -> str:
        return self.invitee

    def status_at(self, moment: datetime) -> Status:
        """Return the status that the invitation has at a moment."""
        is_overdue = self.status == self.Status.PENDING and self.expires_at <= moment
        return self.Status.EXPIRED if is_overdue else self.Status(self.status)


class OrganizationInvitationRole(EntityModel):
    """A role of the template that whoever accepts the invitation gets."""

    invitation = TenantForeignKey(OrganizationInvitation, related_name="invitation_roles")
    role = TenantForeignKey(OrganizationRole, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "invitation", "role"], name="invitation_role")]
        indexes = [models.Index(fields=["tenant", "role"], name="invitation_role_by_role")]
