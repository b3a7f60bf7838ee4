"""`/api/organization-roles` and `/api/organization-scopes`: the template of all organizations."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import paginated
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

    def get(self, request: Request) -> Response:
        return paginated(request, list_organization_roles(**self.query(ListQuery)), granting_role_rows)

    def post(self, request: Request) -> Response:
        role = create_organization_role(actor=self.actor, **self.body(RoleCreation))
        return Response(ORGANIZATION_ROLE.of(role), status=201)


class RoleView(ApiView):
    """One role."""

    def get(self, request: Request, id: str) -> Response:
        return Response(ORGANIZATION_ROLE.get(id))

    def patch(self, request: Request, id: str) -> Response:
        role = get_organization_role(id, code="entity.not_exists")
        changes = self.body(RoleUpdate, partial=True)
        update_organization_role(role, actor=self.actor, **changes)
        return Response(ORGANIZATION_ROLE.of(role))

    def delete(self, request: Request, id: str) -> Response:
        delete_organization_role(get_organization_role(id, code="entity.not_found"), actor=self.actor)
        return no_content()


class RoleScopesView(ApiView):
    """The organization permissions that a role grants."""

    def get(self, request: Request, id: str) -> Response:
        scopes = list_role_scopes(get_organization_role(id))
        return paginated(request, scopes, ORGANIZATION_SCOPE, optional=True)

    def post(self, request: Request, id: str) -> HttpResponse:
        role = get_referenced_role(id)
        values = self.body(OrganizationScopeIds)
        add_role_scopes(role, actor=self.actor, **values)
        return created()

    def put(self, request: Request, id: str) -> Response:
        role = get_referenced_role(id)
        values = self.body(AnyOrganizationScopeIds)
        replace_role_scopes(role, actor=self.actor, **values)
        return no_content()


class RoleScopeView(ApiView):
    """One organization permission of a role."""

    def delete(self, request: Request, id: str, scope_id: str) -> Response:
        role = get_organization_role(id, code="entity.not_found")
        remove_role_scope(role, scope_id=scope_id, actor=self.actor)
        return no_content()


class RoleResourceScopesView(ApiView):
    """The API permissions that a role grants."""

    def get(self, request: Request, id: str) -> Response:
        scopes = list_role_resource_scopes(get_organization_role(id))
        return paginated(request, scopes, SCOPE, optional=True)

    def post(self, request: Request, id: str) -> HttpResponse:
        role = get_referenced_role(id)
        values = self.body(ScopeIds)
        add_role_resource_scopes(role, actor=self.actor, **values)
        return created()

    def put(self, request: Request, id: str) -> Response:
        role = get_referenced_role(id)
        values = self.body(AnyScopeIds)
        replace_role_resource_scopes(role, actor=self.actor, **values)
        return no_content()


class RoleResourceScopeView(ApiView):
    """One API permission of a role."""

    def delete(self, request: Request, id: str, scope_id: str) -> Response:
        role = get_organization_role(id, code="entity.not_found")
        remove_role_resource_scope(role, scope_id=scope_id, actor=self.actor)
        return no_content()


class ScopesView(ApiView):
    """Lists and creates organization permissions."""

    def get(self, request: Request) -> Response:
        scopes = list_organization_scopes(**self.query(ListQuery))
        return paginated(request, scopes, ORGANIZATION_SCOPE, optional=True)

    def post(self, request: Request) -> Response:
        scope = create_organization_scope(actor=self.actor, **self.body(ScopeInput))
        return Response(ORGANIZATION_SCOPE.of(scope), status=201)


class ScopeView(ApiView):
    """One organization permission."""

    def get(self, request: Request, id: str) -> Response:
        return Response(ORGANIZATION_SCOPE.get(id))

    def patch(self, request: Request, id: str) -> Response:
        scope = get_organization_scope(id, code="entity.not_exists")
        changes = self.body(ScopeInput, partial=True)
        update_organization_scope(scope, actor=self.actor, **changes)
        return Response(ORGANIZATION_SCOPE.of(scope))

    def delete(self, request: Request, id: str) -> Response:
        delete_organization_scope(get_organization_scope(id, code="entity.not_found"), actor=self.actor)
        return no_content()
