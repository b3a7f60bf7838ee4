"""`/api/organization-roles` and `/api/organization-scopes`: the template of all organizations."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import CREATED, operation
from common.rest.pagination import paginated
from management_api.organization_template.answers import GRANTING_ROLE
from management_api.organization_template.serializers import (
    ORGANIZATION_ROLE,
    ORGANIZATION_SCOPE,
    AnyOrganizationScopeIds,
    AnyScopeIds,
    ListQuery,
    OrganizationScopeIds,
    RoleCreation,
    RoleUpdate,
    ScopeIds,
    ScopeInput,
    granting_role_rows,
)
from management_api.resources.serializers import SCOPE
from management_api.views import ApiView, created, no_content
from organizations.selectors import (
    get_organization_role,
    get_organization_scope,
    get_referenced_role,
    list_organization_roles,
    list_organization_scopes,
    list_role_resource_scopes,
    list_role_scopes,
)
from organizations.services.template import (
    add_role_resource_scopes,
    add_role_scopes,
    create_organization_role,
    create_organization_scope,
    delete_organization_role,
    delete_organization_scope,
    remove_role_resource_scope,
    remove_role_scope,
    replace_role_resource_scopes,
    replace_role_scopes,
    update_organization_role,
    update_organization_scope,
)


class RolesView(ApiView):
    """Lists roles with what they grant, and creates them."""

    @operation(
        "ListOrganizationRoles",
        "List organization roles",
        query=ListQuery,
        pages="always",
        answer=[GRANTING_ROLE],
    )
    def get(self, request: Request) -> Response:
        return paginated(request, list_organization_roles(**self.query()), granting_role_rows)

    @operation(
        "CreateOrganizationRole",
        "Create an organization role",
        body=RoleCreation,
        answer=ORGANIZATION_ROLE,
        status=201,
        errors=["entity.unique_integrity_violation"],
    )
    def post(self, request: Request) -> Response:
        role = create_organization_role(actor=self.actor, **self.body())
        return Response(ORGANIZATION_ROLE.of(role), status=201)


class RoleView(ApiView):
    """One role."""

    @operation(
        "GetOrganizationRole",
        "Get an organization role",
        answer=ORGANIZATION_ROLE,
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(ORGANIZATION_ROLE.get(id))

    @operation(
        "UpdateOrganizationRole",
        "Change an organization role",
        body=RoleUpdate,
        partial=True,
        answer=ORGANIZATION_ROLE,
        errors=["entity.not_exists", "entity.invalid_input", "entity.unique_integrity_violation"],
    )
    def patch(self, request: Request, id: str) -> Response:
        role = get_organization_role(id, code="entity.not_exists")
        changes = self.body()
        update_organization_role(role, actor=self.actor, **changes)
        return Response(ORGANIZATION_ROLE.of(role))

    @operation("DeleteOrganizationRole", "Delete an organization role", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        delete_organization_role(get_organization_role(id, code="entity.not_found"), actor=self.actor)
        return no_content()


class RoleScopesView(ApiView):
    """The organization permissions that a role grants."""

    @operation(
        "ListOrganizationRoleScopes",
        "List the organization permissions of a role",
        pages="optional",
        answer=[ORGANIZATION_SCOPE],
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        scopes = list_role_scopes(get_organization_role(id))
        return paginated(request, scopes, ORGANIZATION_SCOPE, optional=True)

    @operation(
        "CreateOrganizationRoleScope",
        "Add organization permissions to a role",
        body=OrganizationScopeIds,
        answer=CREATED,
        status=201,
        errors=[("entity.relation_foreign_key_not_found", 422)],
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        role = get_referenced_role(id)
        values = self.body()
        add_role_scopes(role, actor=self.actor, **values)
        return created()

    @operation(
        "ReplaceOrganizationRoleScopes",
        "Replace the organization permissions of a role",
        body=AnyOrganizationScopeIds,
        errors=[("entity.relation_foreign_key_not_found", 422)],
    )
    def put(self, request: Request, id: str) -> Response:
        role = get_referenced_role(id)
        values = self.body()
        replace_role_scopes(role, actor=self.actor, **values)
        return no_content()


class RoleScopeView(ApiView):
    """One organization permission of a role."""

    @operation(
        "DeleteOrganizationRoleScope", "Remove an organization permission from a role", errors=["entity.not_found"]
    )
    def delete(self, request: Request, id: str, organization_scope_id: str) -> Response:
        role = get_organization_role(id, code="entity.not_found")
        remove_role_scope(role, scope_id=organization_scope_id, actor=self.actor)
        return no_content()


class RoleResourceScopesView(ApiView):
    """The API permissions that a role grants."""

    @operation(
        "ListOrganizationRoleResourceScopes",
        "List the API permissions of an organization role",
        pages="optional",
        answer=[SCOPE],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, id: str) -> Response:
        scopes = list_role_resource_scopes(get_organization_role(id))
        return paginated(request, scopes, SCOPE, optional=True)

    @operation(
        "CreateOrganizationRoleResourceScope",
        "Add API permissions to an organization role",
        body=ScopeIds,
        answer=CREATED,
        status=201,
        errors=[
            "role.management_api_scopes_not_assignable_to_user_role",
            ("entity.relation_foreign_key_not_found", 422),
        ],
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        role = get_referenced_role(id)
        values = self.body()
        add_role_resource_scopes(role, actor=self.actor, **values)
        return created()

    @operation(
        "ReplaceOrganizationRoleResourceScopes",
        "Replace the API permissions of an organization role",
        body=AnyScopeIds,
        errors=[
            "role.management_api_scopes_not_assignable_to_user_role",
            ("entity.relation_foreign_key_not_found", 422),
        ],
    )
    def put(self, request: Request, id: str) -> Response:
        role = get_referenced_role(id)
        values = self.body()
        replace_role_resource_scopes(role, actor=self.actor, **values)
        return no_content()


class RoleResourceScopeView(ApiView):
    """One API permission of a role."""

    @operation(
        "DeleteOrganizationRoleResourceScope",
        "Remove an API permission from an organization role",
        errors=["entity.not_found"],
    )
    def delete(self, request: Request, id: str, scope_id: str) -> Response:
        role = get_organization_role(id, code="entity.not_found")
        remove_role_resource_scope(role, scope_id=scope_id, actor=self.actor)
        return no_content()


class ScopesView(ApiView):
    """Lists and creates organization permissions."""

    @operation(
        "ListOrganizationScopes",
        "List organization permissions",
        query=ListQuery,
        pages="optional",
        answer=[ORGANIZATION_SCOPE],
    )
    def get(self, request: Request) -> Response:
        scopes = list_organization_scopes(**self.query())
        return paginated(request, scopes, ORGANIZATION_SCOPE, optional=True)

    @operation(
        "CreateOrganizationScope",
        "Create an organization permission",
        body=ScopeInput,
        answer=ORGANIZATION_SCOPE,
        status=201,
        errors=["entity.unique_integrity_violation"],
    )
    def post(self, request: Request) -> Response:
        scope = create_organization_scope(actor=self.actor, **self.body())
        return Response(ORGANIZATION_SCOPE.of(scope), status=201)


class ScopeView(ApiView):
    """One organization permission."""

    @operation(
        "GetOrganizationScope",
        "Get an organization permission",
        answer=ORGANIZATION_SCOPE,
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(ORGANIZATION_SCOPE.get(id))

    @operation(
        "UpdateOrganizationScope",
        "Change an organization permission",
        body=ScopeInput,
        partial=True,
        answer=ORGANIZATION_SCOPE,
        errors=["entity.not_exists", "entity.invalid_input", "entity.unique_integrity_violation"],
    )
    def patch(self, request: Request, id: str) -> Response:
        scope = get_organization_scope(id, code="entity.not_exists")
        changes = self.body()
        update_organization_scope(scope, actor=self.actor, **changes)
        return Response(ORGANIZATION_SCOPE.of(scope))

    @operation("DeleteOrganizationScope", "Delete an organization permission", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        delete_organization_scope(get_organization_scope(id, code="entity.not_found"), actor=self.actor)
        return no_content()
