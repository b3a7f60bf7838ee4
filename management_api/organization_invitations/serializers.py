"""Organization invitations on the wire."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty

from common.clock import now, to_milliseconds
from common.rest.fields import Choice, JsonObject, Moment, Text
from identity.identifiers import MAX_EMAIL_LENGTH, is_valid_email
from management_api.organization_template.serializers import Ids
from organizations.models import OrganizationInvitation

Status = OrganizationInvitation.Status

_ANSWERS = [(status.value, status.value) for status in (Status.ACCEPTED, Status.REVOKED)]


class MessagePayload(JsonObject):
    """What goes into the email; `false` is no email."""

    def run_validation(self, data: Any = empty) -> Any:
        return None if data is False else super().run_validation(data)


class InvitationCreation(serializers.Serializer[Any]):
    """The body that invites somebody."""

    inviterId = Text(source="inviter_id", required=False, allow_null=True, max_length=21)
    invitee = Text(min_length=1, max_length=MAX_EMAIL_LENGTH)
    organizationId = Text(source="organization_id", min_length=1, max_length=21)
    expiresAt = Moment(source="expires_at")
    organizationRoleIds = Ids(source="role_ids", required=False)
    messagePayload = MessagePayload(source="message", required=False)

    def validate_invitee(self, value: str) -> str:
        if not is_valid_email(value):
            raise serializers.ValidationError("Not an email address.")
        return value


class InvitationAnswer(serializers.Serializer[Any]):
    """The body that answers an invitation."""

    acceptedUserId = Text(source="user_id", required=False, allow_null=True, max_length=21)
    status = Choice(choices=_ANSWERS)


class InvitationQuery(serializers.Serializer[Any]):
    """What a list is narrowed to."""

    organizationId = Text(source="organization_id", required=False)
    inviterId = Text(source="inviter_id", required=False)
    invitee = Text(required=False)


def invitation_row(invitation: OrganizationInvitation) -> dict[str, Any]:
    """Return an invitation with its roles and the status that it has now."""
    return {
        "tenantId": invitation.tenant_id,
        "id": invitation.id,
        "inviterId": invitation.inviter_id,
        "invitee": invitation.invitee,
        "acceptedUserId": invitation.accepted_user_id,
        "organizationId": invitation.organization_id,
        "status": invitation.status_at(now()),
        "createdAt": to_milliseconds(invitation.created_at),
        "updatedAt": to_milliseconds(invitation.updated_at),
        "expiresAt": to_milliseconds(invitation.expires_at),
        "organizationRoles": [
            {"id": given.role.id, "name": given.role.name} for given in invitation.invitation_roles.all()
        ],
    }


def invitation_rows(invitations: Iterable[OrganizationInvitation]) -> list[dict[str, Any]]:
    """Return a page of invitations."""
    return [invitation_row(invitation) for invitation in invitations]
