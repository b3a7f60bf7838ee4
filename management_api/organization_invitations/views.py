"""`/api/organization-invitations`: people are invited to organizations, and answer."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.pagination import paginated
from common.rest.parsers import json_body
from common.shapes import AnyObject
from management_api.organization_invitations import answers
from management_api.organization_invitations.serializers import (
    InvitationAnswer,
    InvitationCreation,
    InvitationQuery,
    Status,
    invitation_row,
    invitation_rows,
)
from management_api.views import ApiView, no_content
from organizations.invitations import get_invitation, list_invitations
from organizations.selectors import get_referenced_organization
from organizations.services.invitations import (
    accept_invitation,
    delete_invitation,
    invite_member,
    resend_invitation,
    revoke_invitation,
)


class InvitationsView(ApiView):
    """Lists invitations and makes them."""

    @operation(
        "ListOrganizationInvitations",
        "List invitations to organizations",
        query=InvitationQuery,
        pages="optional",
        answer=[answers.OrganizationInvitation],
    )
    def get(self, request: Request) -> Response:
        invitations = list_invitations(**self.query())
        return paginated(request, invitations, invitation_rows, optional=True)

    @operation(
        "CreateOrganizationInvitation",
        "Invite somebody to an organization",
        body=InvitationCreation,
        answer=answers.OrganizationInvitation,
        status=201,
        errors=[
            ("request.invalid_input", 400),
            ("request.invalid_input", 422),
            "entity.unique_integrity_violation",
            "entity.db_constraint_violated",
            ("entity.relation_foreign_key_not_found", 422),
            "organization.too_many_invitations",
            "request.message_rate_limited",
            ("connector.not_found", 501),
        ],
    )
    def post(self, request: Request) -> Response:
        given = self.body()
        organization = get_referenced_organization(given.pop("organization_id"))
        invitation = invite_member(organization, **given, actor=self.actor)
        return Response(invitation_row(invitation), status=201)


class InvitationView(ApiView):
    """One invitation, by its id."""

    @operation(
        "GetOrganizationInvitation",
        "Get an invitation",
        answer=answers.OrganizationInvitation,
        errors=["entity.not_found"],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(invitation_row(get_invitation(id)))

    @operation("DeleteOrganizationInvitation", "Delete an invitation", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        delete_invitation(get_invitation(id), actor=self.actor)
        return no_content()


class MessageView(ApiView):
    """Writes to the invitee again."""

    @operation(
        "CreateOrganizationInvitationMessage",
        "Send the email of an invitation again",
        description="What fills the template: `code`, `link`, `locale`, `uiLocales`, and members of your own.",
        body=AnyObject(),
        errors=[
            "entity.not_found",
            ("request.invalid_input", 422),
            "request.message_rate_limited",
            ("connector.not_found", 501),
        ],
    )
    def post(self, request: Request, id: str) -> Response:
        resend_invitation(get_invitation(id), message=json_body(self.request), actor=self.actor)
        return no_content()


class StatusView(ApiView):
    """Accepts an invitation for a user, or revokes it."""

    @operation(
        "ReplaceOrganizationInvitationStatus",
        "Accept or revoke an invitation",
        body=InvitationAnswer,
        answer=answers.OrganizationInvitation,
        errors=[
            "entity.not_found",
            ("request.invalid_input", 422),
            ("user.suspended", 422),
            ("entity.relation_foreign_key_not_found", 422),
        ],
    )
    def put(self, request: Request, id: str) -> Response:
        invitation = get_invitation(id)
        answer = self.body()
        if answer["status"] == Status.ACCEPTED:
            accept_invitation(invitation, user_id=answer.get("user_id"), actor=self.actor)
        else:
            revoke_invitation(invitation, actor=self.actor)
        return Response(invitation_row(invitation))
