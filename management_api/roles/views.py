"""`/api/roles`: global roles, what they grant and who holds them."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from access.selectors import get_role, list_role_scopes, list_roles
from access.services.roles import add_role_scopes, create_role, delete_role, remove_role_scope, update_role
from applications.selectors import list_role_applications, without_roles_of_application
from applications.services.roles import add_role_applications, remove_role_application
from common.rest.operations import CREATED, operation
from common.rest.pagination import paginated
from identity.role_holders import list_role_users, without_roles_of_user
from identity.selectors import get_user
from identity.services.role_holders import add_role_users
from identity.services.roles import remove_user_role
from management_api.applications.answers import Application
from management_api.applications.serializers import application_rows
from management_api.resources.answers import SCOPE_WITH_RESOURCE
from management_api.resources.serializers import SCOPE, scope_rows_with_resource
from management_api.roles.answers import ROLE_OVERVIEW
from management_api.roles.serializers import (
    ROLE,
    ApplicationIds,
    RoleCreation,
    RoleQuery,
    RoleUpdate,
    ScopeIds,
    UserIds,
    role_overview_rows,
)
from management_api.search import NAMED_FIELDS, USER_FIELDS, bounded, parse_search
from management_api.users.serializers import USER
from management_api.views import ApiView, created, no_content


class RolesView(ApiView):
    """Lists and defines roles."""

    @operation(
        "ListRoles",
        "List roles",
        query=RoleQuery,
        search=NAMED_FIELDS,
        pages="always",
        answer=[ROLE_OVERVIEW],
    )
    def get(self, request: Request) -> Response:
        filters = self.query()
        roles = list_roles(type=filters.get("type"))
        if user_id := filters.get("exclude_user_id"):
            roles = without_roles_of_user(roles, user_id)
        if application_id := filters.get("exclude_application_id"):
            roles = without_roles_of_application(roles, application_id)
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(roles), role_overview_rows)

    @operation(
        "CreateRole",
        "Create a role",
        body=RoleCreation,
        answer=ROLE,
        errors=["role.internal_role_violation", "entity.not_exists_with_id", "role.name_in_use"],
    )
    def post(self, request: Request) -> Response:
        return Response(ROLE.of(create_role(**self.body(), actor=self.actor)))


class RoleView(ApiView):
    """One role."""

    @operation("GetRole", "Get a role", answer=ROLE, errors=["entity.not_exists_with_id"])
    def get(self, request: Request, id: str) -> Response:
        return Response(ROLE.get(id))

    @operation(
        "UpdateRole",
        "Change a role",
        body=RoleUpdate,
        answer=ROLE,
        errors=["entity.not_found", "entity.invalid_input", "role.name_in_use"],
    )
    def patch(self, request: Request, id: str) -> Response:
        return Response(ROLE.of(update_role(get_role(id), **self.body(), actor=self.actor)))

    @operation("DeleteRole", "Delete a role", errors=["entity.not_exists_with_id"])
    def delete(self, request: Request, id: str) -> Response:
        delete_role(get_role(id), actor=self.actor)
        return no_content()


class RoleScopesView(ApiView):
    """The permissions a role grants."""

    @operation(
        "ListRoleScopes",
        "List the permissions of a role",
        search=NAMED_FIELDS,
        pages="optional",
        answer=[SCOPE_WITH_RESOURCE],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, id: str) -> Response:
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            scopes = search.apply(list_role_scopes(get_role(id)))
            return paginated(request, scopes, scope_rows_with_resource, optional=True)

    @operation(
        "CreateRoleScope",
        "Add permissions to a role",
        body=ScopeIds,
        answer=[SCOPE],
        status=201,
        errors=[
            "role.management_api_scopes_not_assignable_to_user_role",
            "entity.not_exists_with_id",
            "role.scope_exists",
        ],
    )
    def post(self, request: Request, id: str) -> Response:
        scopes = add_role_scopes(get_role(id), **self.body(), actor=self.actor)
        return Response(SCOPE.each(scopes), status=201)


class RoleScopeView(ApiView):
    """One permission of a role."""

    @operation("DeleteRoleScope", "Remove a permission from a role", errors=["entity.not_found"])
    def delete(self, request: Request, id: str, scope_id: str) -> Response:
        remove_role_scope(get_role(id), scope_id=scope_id, actor=self.actor)
        return no_content()


class RoleUsersView(ApiView):
    """The users who hold a role."""

    @operation(
        "ListRoleUsers",
        "List the users who hold a role",
        search=USER_FIELDS,
        pages="always",
        answer=[USER],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, id: str) -> Response:
        search = parse_search(request.query_params, USER_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_role_users(get_role(id))), USER)

    @operation(
        "CreateRoleUser",
        "Give users a role",
        body=UserIds,
        answer=CREATED,
        status=201,
        errors=["entity.not_found", "role.user_exists", "user.invalid_role_type"],
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        add_role_users(get_role(id), **self.body(), actor=self.actor)
        return created()


class RoleUserView(ApiView):
    """One user who holds a role."""

    @operation("DeleteRoleUser", "Take a role from a user who holds it", errors=["entity.not_found"])
    def delete(self, request: Request, id: str, user_id: str) -> Response:
        get_role(id)
        remove_user_role(get_user(user_id), role_id=id, actor=self.actor)
        return no_content()


class RoleApplicationsView(ApiView):
    """The applications that hold a role."""

    @operation(
        "ListRoleApplications",
        "List the applications that hold a role",
        search=NAMED_FIELDS,
        pages="always",
        answer=[Application],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, id: str) -> Response:
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_role_applications(get_role(id))), application_rows)

    @operation(
        "CreateRoleApplication",
        "Give applications a role",
        body=ApplicationIds,
        answer=CREATED,
        status=201,
        errors=[
            "entity.not_exists_with_id",
            "application.invalid_role_type",
            "application.invalid_type",
            "role.application_exists",
        ],
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        add_role_applications(get_role(id), **self.body(), actor=self.actor)
        return created()


class RoleApplicationView(ApiView):
    """One application that holds a role."""

    @operation("DeleteRoleApplication", "Take a role from an application that holds it", errors=["entity.not_found"])
    def delete(self, request: Request, id: str, application_id: str) -> Response:
        remove_role_application(get_role(id), application_id=application_id, actor=self.actor)
        return no_content()
