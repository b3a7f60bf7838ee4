"""`/api/users/…/roles`: the global roles of a user."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import paginated
from identity.role_holders import list_user_roles
from identity.selectors import get_user
from identity.services.roles import assign_user_roles, remove_user_role, replace_user_roles
from management_api.roles.serializers import ROLE, RoleIds
from management_api.search import NAMED_FIELDS, bounded, parse_search
from management_api.views import ApiView, no_content


class UserRolesView(ApiView):
    """Lists, adds and replaces a user's roles."""

    def get(self, request: Request, user_id: str) -> Response:
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_user_roles(get_user(user_id))), ROLE)

    def post(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        role_ids = self.body(RoleIds)["role_ids"]
        added = assign_user_roles(user, role_ids=role_ids, actor=self.actor)
        return Response({"roleIds": role_ids, "addedRoleIds": added}, status=201)

    def put(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        role_ids = self.body(RoleIds)["role_ids"]
        replace_user_roles(user, role_ids=role_ids, actor=self.actor)
        return Response({"roleIds": role_ids})


class UserRoleView(ApiView):
    """One role of a user."""

    def delete(self, request: Request, user_id: str, role_id: str) -> Response:
        remove_user_role(get_user(user_id), role_id=role_id, actor=self.actor)
        return no_content()
