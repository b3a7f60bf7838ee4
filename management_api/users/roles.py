"""`/api/users/…/roles`: the global roles of a user."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.pagination import paginated
from identity.role_holders import list_user_roles
from identity.selectors import get_user
from identity.services.roles import assign_user_roles, remove_user_role, replace_user_roles
from management_api.answers import AddedRoleIds, RoleIdsAnswer
from management_api.roles.serializers import ROLE, RoleIds
from management_api.search import NAMED_FIELDS, bounded, parse_search
from management_api.views import ApiView, no_content


class UserRolesView(ApiView):
    """Lists, adds and replaces a user's roles."""

    @operation(
        "ListUserRoles",
        "List the roles of a user",
        search=NAMED_FIELDS,
        pages="always",
        answer=[ROLE],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, user_id: str) -> Response:
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_user_roles(get_user(user_id))), ROLE)

    @operation(
        "AssignUserRoles",
        "Give a user roles",
        body=RoleIds,
        answer=AddedRoleIds,
        status=201,
        errors=["entity.not_exists_with_id", "entity.not_found", "user.invalid_role_type"],
    )
    def post(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        role_ids = self.body()["role_ids"]
        added = assign_user_roles(user, role_ids=role_ids, actor=self.actor)
        return Response({"roleIds": role_ids, "addedRoleIds": added}, status=201)

    @operation(
        "ReplaceUserRoles",
        "Replace the roles of a user",
        body=RoleIds,
        answer=RoleIdsAnswer,
        errors=["entity.not_found"],
    )
    def put(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        role_ids = self.body()["role_ids"]
        replace_user_roles(user, role_ids=role_ids, actor=self.actor)
        return Response({"roleIds": role_ids})


class UserRoleView(ApiView):
    """One role of a user."""

    @operation("DeleteUserRole", "Take a role from a user", errors=["entity.not_found"])
    def delete(self, request: Request, user_id: str, role_id: str) -> Response:
        remove_user_role(get_user(user_id), role_id=role_id, actor=self.actor)
        return no_content()
