"""Answers about invitations to organizations."""

from typing import Literal, TypedDict

from management_api.answers import Milliseconds, Reference


class OrganizationInvitation(TypedDict):
    """An invitation, with the status that it has now."""

    tenantId: str
    id: str
    inviterId: str | None
    invitee: str
    acceptedUserId: str | None
    organizationId: str
    status: Literal["Pending", "Accepted", "Expired", "Revoked"]
    createdAt: Milliseconds
    updatedAt: Milliseconds
    expiresAt: Milliseconds
    organizationRoles: list[Reference]
