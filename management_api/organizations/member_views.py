"""`/api/organizations/{id}/users`: members and their roles."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import paginated
from management_api.organization_template.serializers import ORGANIZATION_ROLE, ORGANIZATION_SCOPE
from management_api.organizations.serializers import (
    AnyUserIds,
    MemberRoles,
    MembersQuery,
    MembersRoles,
    UserIds,
    member_rows,
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

    def get(self, request: Request, id: str) -> Response:
        return paginated(request, list_members(get_organization(id), **self.query(MembersQuery)), member_rows)

    def post(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        user_ids = self.body(UserIds)["user_ids"]
        add_members(organization, user_ids=user_ids, actor=self.actor)
        return Response({"userIds": user_ids}, status=201)

    def put(self, request: Request, id: str) -> Response:
        organization = get_referenced_organization(id)
        user_ids = self.body(AnyUserIds)["user_ids"]
        replace_members(organization, user_ids=user_ids, actor=self.actor)
        return no_content()


class MemberView(ApiView):
    """One member."""

    def delete(self, request: Request, id: str, user_id: str) -> Response:
        remove_member(get_organization(id, code="entity.not_found"), user_id=user_id, actor=self.actor)
        return no_content()


class MembersRolesView(ApiView):
    """Gives several members several roles."""

    def post(self, request: Request, id: str) -> HttpResponse:
        organization = get_referenced_organization(id)
        values = self.body(MembersRoles)
        assign_roles_to_members(organization, actor=self.actor, **values)
        return created()


class MemberRolesView(ApiView):
    """The roles of one member."""

    def get(self, request: Request, id: str, user_id: str) -> Response:
        roles = list_member_roles(get_member(id, user_id))
        return paginated(request, roles, ORGANIZATION_ROLE, optional=True)

    def post(self, request: Request, id: str, user_id: str) -> Response:
        organization = get_member(id, user_id).organization
        role_ids = assign_member_roles(organization, user_id=user_id, actor=self.actor, **self.body(MemberRoles))
        return Response({"organizationRoleIds": role_ids}, status=201)

    def put(self, request: Request, id: str, user_id: str) -> Response:
        organization = get_member(id, user_id).organization
        replace_member_roles(organization, user_id=user_id, actor=self.actor, **self.body(MemberRoles))
        return no_content()


class MemberRoleView(ApiView):
    """One role of one member."""

    def delete(self, request: Request, id: str, user_id: str, role_id: str) -> Response:
        organization = get_member(id, user_id).organization
        remove_member_role(organization, user_id=user_id, role_id=role_id, actor=self.actor)
        return no_content()


class MemberScopesView(ApiView):
    """The organization permissions of one member."""

    def get(self, request: Request, id: str, user_id: str) -> Response:
        return Response(ORGANIZATION_SCOPE.each(list_member_scopes(get_member(id, user_id))))
