"""Reads of invitations."""

from datetime import datetime

from django.db.models import Q, QuerySet

from common.email_addresses import normalize_email
from common.errors import AppError
from organizations.models import OrganizationInvitation


def get_invitation(invitation_id: str) -> OrganizationInvitation:
    """Return an invitation with its organization, inviter and roles; raises `entity.not_found`. 2 statements."""
    invitation = list_invitations().filter(id=invitation_id).first()
    if invitation is None:
        raise AppError("entity.not_found")
    return invitation


def list_invitations(
    *, organization_id: str | None = None, inviter_id: str | None = None, invitee: str | None = None
) -> QuerySet[OrganizationInvitation]:
    """Return invitations with their organizations, inviters and roles, newest first. 2 statements for a page.

    `invitee` is an email address, compared as addresses of users are.
    """
    filters = {
        "organization_id": organization_id,
        "inviter_id": inviter_id,
        "invitee_key": None if invitee is None else normalize_email(invitee),
    }
    invitations = OrganizationInvitation.objects.filter(
        **{n: value for n, value in filters.items() if value is not None}
    )
    invitations = invitations.select_related("organization", "inviter").prefetch_related("invitation_roles__role")
    return invitations.order_by("-created_at", "-id")


def with_status(status: OrganizationInvitation.Status, moment: datetime) -> Q:
    """Return the condition of invitations that have a status at a moment, as `status_at` has it."""
    pending, expired = OrganizationInvitation.Status.PENDING, OrganizationInvitation.Status.EXPIRED
    if status == pending:
        return Q(status=pending, expires_at__gt=moment)
    if status == expired:
        return Q(status=expired) | Q(status=pending, expires_at__lte=moment)
    return Q(status=status)
