"""`/api/roles`: global roles, what they grant and who holds them."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from access.selectors import get_role, list_role_scopes, list_roles
from access.services.roles import add_role_scopes, create_role, delete_role, remove_role_scope, update_role
from applications.selectors import list_role_applications, without_roles_of_application
from applications.services.roles import add_role_applications, remove_role_application
from common.rest.pagination import paginated
from identity.role_holders import list_role_users, without_roles_of_user
from identity.selectors import get_user
from identity.services.role_holders import add_role_users
from identity.services.roles import remove_user_role
from management_api.applications.serializers import application_rows
from management_api.resources.serializers import scope_rows, scope_rows_with_resource
from management_api.roles.serializers import (
    ApplicationIds,
    RoleCreation,
    RoleQuery,
    RoleUpdate,
    ScopeIds,
    UserIds,
    role_overview_rows,
    role_row,
)
from management_api.search import NAMED_FIELDS, USER_FIELDS, bounded, parse_search
from management_api.users.serializers import USER
from management_api.views import ApiView, created, no_content


class RolesView(ApiView):
    """Lists and defines roles."""

    def get(self, request: Request) -> Response:
        filters = self.query(RoleQuery)
        roles = list_roles(type=filters.get("type"))
        if user_id := filters.get("exclude_user_id"):
            roles = without_roles_of_user(roles, user_id)
        if application_id := filters.get("exclude_application_id"):
            roles = without_roles_of_application(roles, application_id)
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(roles), role_overview_rows)

    def post(self, request: Request) -> Response:
        return Response(role_row(create_role(**self.body(RoleCreation), actor=self.actor)))


class RoleView(ApiView):
    """One role."""

    def get(self, request: Request, id: str) -> Response:
        return Response(role_row(get_role(id)))

    def patch(self, request: Request, id: str) -> Response:
        return Response(role_row(update_role(get_role(id), **self.body(RoleUpdate), actor=self.actor)))

    def delete(self, request: Request, id: str) -> Response:
        delete_role(get_role(id), actor=self.actor)
        return no_content()


class RoleScopesView(ApiView):
    """The permissions a role grants."""

    def get(self, request: Request, id: str) -> Response:
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            scopes = search.apply(list_role_scopes(get_role(id)))
            return paginated(request, scopes, scope_rows_with_resource, optional=True)

    def post(self, request: Request, id: str) -> Response:
        scopes = add_role_scopes(get_role(id), **self.body(ScopeIds), actor=self.actor)
        return Response(scope_rows(scopes), status=201)


class RoleScopeView(ApiView):
    """One permission of a role."""

    def delete(self, request: Request, id: str, scope_id: str) -> Response:
        remove_role_scope(get_role(id), scope_id=scope_id, actor=self.actor)
        return no_content()


class RoleUsersView(ApiView):
    """The users who hold a role."""

    def get(self, request: Request, id: str) -> Response:
        search = parse_search(request.query_params, USER_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_role_users(get_role(id))), USER)

    def post(self, request: Request, id: str) -> HttpResponse:
        add_role_users(get_role(id), **self.body(UserIds), actor=self.actor)
        return created()


class RoleUserView(ApiView):
    """One user who holds a role."""

    def delete(self, request: Request, id: str, user_id: str) -> Response:
        get_role(id)
        remove_user_role(get_user(user_id), role_id=id, actor=self.actor)
        return no_content()


class RoleApplicationsView(ApiView):
    """The applications that hold a role."""

    def get(self, request: Request, id: str) -> Response:
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_role_applications(get_role(id))), application_rows)

    def post(self, request: Request, id: str) -> HttpResponse:
        add_role_applications(get_role(id), **self.body(ApplicationIds), actor=self.actor)
        return created()


class RoleApplicationView(ApiView):
    """One application that holds a role."""

    def delete(self, request: Request, id: str, application_id: str) -> Response:
        remove_role_application(get_role(id), application_id=application_id, actor=self.actor)
        return no_content()
