"""`/api/organizations/{id}/users`: members and their roles."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import CREATED, operation
from common.rest.pagination import paginated
from management_api.organization_template.serializers import ORGANIZATION_ROLE, ORGANIZATION_SCOPE
from management_api.organizations.answers import MEMBER, OrganizationRoleIdsAnswer, UserIdsAnswer
from management_api.organizations.serializers import (
    MEMBERSHIP,
    AnyUserIds,
    MemberRoles,
    MembersQuery,
    MembersRoles,
    UserIds,
)
from management_api.views import ApiView, created, no_content
from organizations.selectors import (
    get_member,
    get_organization,
    get_referenced_organization,
    list_member_roles,
    list_member_scopes,
    list_members,
)
from organizations.services.members import (
    add_members,
    assign_member_roles,
    assign_roles_to_members,
    remove_member,
    remove_member_role,
    replace_member_roles,
    replace_members,
)


class MembersView(ApiView):
    """Lists, adds and replaces members."""

    @operation(
        "ListOrganizationUsers",
        "List the members of an organization",
        query=MembersQuery,
        pages="always",
        answer=[MEMBER],
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        return paginated(request, list_members(get_organization(id), **self.query()), MEMBERSHIP)

    @operation(
        "AddOrganizationUsers",
        "Add members to an organization",
        body=UserIds,
        answer=UserIdsAnswer,
        status=201,
        errors=[("entity.relation_foreign_key_not_found", 422)],
    )
    def post(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        user_ids = self.body()["user_ids"]
        add_members(organization, user_ids=user_ids, actor=self.actor)
        return Response({"userIds": user_ids}, status=201)

    @operation(
        "ReplaceOrganizationUsers",
        "Replace the members of an organization",
        body=AnyUserIds,
        errors=[("entity.relation_foreign_key_not_found", 422)],
    )
    def put(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        user_ids = self.body()["user_ids"]
        replace_members(organization, user_ids=user_ids, actor=self.actor)
        return no_content()


class MemberView(ApiView):
    """One member."""

    @operation("DeleteOrganizationUser", "Remove a member from an organization", errors=["entity.not_found"])
    def delete(self, request: Request, id: str, user_id: str) -> Response:
        remove_member(get_organization(id, code="entity.not_found"), user_id=user_id, actor=self.actor)
        return no_content()


class MembersRolesView(ApiView):
    """Gives several members several roles."""

    @operation(
        "AssignOrganizationRolesToUsers",
        "Give several members of an organization several roles",
        body=MembersRoles,
        answer=CREATED,
        status=201,
        errors=[("entity.relation_foreign_key_not_found", 422)],
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        organization = get_referenced_organization(id)
        values = self.body()
        assign_roles_to_members(organization, actor=self.actor, **values)
        return created()


class MemberRolesView(ApiView):
    """The roles of one member."""

    @operation(
        "ListOrganizationUserRoles",
        "List the roles of a member",
        pages="optional",
        answer=[ORGANIZATION_ROLE],
        errors=["entity.not_found", "organization.require_membership"],
    )
    def get(self, request: Request, id: str, user_id: str) -> Response:
        roles = list_member_roles(get_member(id, user_id))
        return paginated(request, roles, ORGANIZATION_ROLE, optional=True)

    @operation(
        "AssignOrganizationRolesToUser",
        "Give a member roles",
        body=MemberRoles,
        answer=OrganizationRoleIdsAnswer,
        status=201,
        errors=[
            "entity.db_constraint_violated",
            ("entity.relation_foreign_key_not_found", 422),
            "organization.require_membership",
            "organization.role_names_not_found",
        ],
    )
    def post(self, request: Request, id: str, user_id: str) -> Response:
        organization = get_member(id, user_id).organization
        role_ids = assign_member_roles(organization, user_id=user_id, actor=self.actor, **self.body())
        return Response({"organizationRoleIds": role_ids}, status=201)

    @operation(
        "ReplaceOrganizationUserRoles",
        "Replace the roles of a member",
        body=MemberRoles,
        errors=[
            "entity.db_constraint_violated",
            ("entity.relation_foreign_key_not_found", 422),
            "organization.require_membership",
            "organization.role_names_not_found",
        ],
    )
    def put(self, request: Request, id: str, user_id: str) -> Response:
        organization = get_member(id, user_id).organization
        replace_member_roles(organization, user_id=user_id, actor=self.actor, **self.body())
        return no_content()


class MemberRoleView(ApiView):
    """One role of one member."""

    @operation(
        "DeleteOrganizationUserRole",
        "Take a role from a member",
        errors=["entity.not_found", "organization.require_membership"],
    )
    def delete(self, request: Request, id: str, user_id: str, organization_role_id: str) -> Response:
        organization = get_member(id, user_id).organization
        remove_member_role(organization, user_id=user_id, role_id=organization_role_id, actor=self.actor)
        return no_content()


class MemberScopesView(ApiView):
    """The organization permissions of one member."""

    @operation(
        "ListOrganizationUserScopes",
        "List the organization permissions of a member",
        answer=[ORGANIZATION_SCOPE],
        errors=["entity.not_found", "organization.require_membership"],
    )
    def get(self, request: Request, id: str, user_id: str) -> Response:
        return Response(ORGANIZATION_SCOPE.each(list_member_scopes(get_member(id, user_id))))
