"""`/api/resources`: API resources and their permissions."""

from rest_framework.request import Request
from rest_framework.response import Response

from access.selectors import get_resource, get_scope, list_resources, list_scopes
from access.services.resources import create_resource, delete_resource, set_default_resource, update_resource
from access.services.scopes import create_scope, delete_scope, update_scope
from common.rest.operations import operation
from common.rest.pagination import paginated
from management_api.resources.answers import RESOURCE_WITH_SCOPES
from management_api.resources.serializers import (
    RESOURCE,
    SCOPE,
    DefaultResource,
    ResourceCreation,
    ResourceUpdate,
    ScopeInput,
    resource_rows_with_scopes,
)
from management_api.search import NAMED_FIELDS, bounded, parse_search
from management_api.views import ApiView, no_content


class ResourcesView(ApiView):
    """Lists and registers APIs."""

    @operation(
        "ListResources",
        "List API resources",
        flags={"includeScopes": "Also give the permissions."},
        pages="optional",
        answer=[RESOURCE_WITH_SCOPES],
    )
    def get(self, request: Request) -> Response:
        with_scopes = self.flag("includeScopes")
        represent = resource_rows_with_scopes if with_scopes else RESOURCE
        return paginated(request, list_resources(with_scopes=with_scopes), represent, optional=True)

    @operation(
        "CreateResource",
        "Register an API resource",
        body=ResourceCreation,
        answer=RESOURCE_WITH_SCOPES,
        status=201,
        errors=["resource.resource_identifier_in_use"],
    )
    def post(self, request: Request) -> Response:
        resource = create_resource(**self.body(), actor=self.actor)
        return Response({**RESOURCE.of(resource), "scopes": []}, status=201)


class ResourceView(ApiView):
    """One API."""

    @operation("GetResource", "Get an API resource", answer=RESOURCE, errors=["entity.not_exists_with_id"])
    def get(self, request: Request, id: str) -> Response:
        return Response(RESOURCE.get(id))

    @operation(
        "UpdateResource",
        "Change an API resource",
        body=ResourceUpdate,
        answer=RESOURCE,
        errors=["resource.cannot_modify_management_api", "entity.not_exists_with_id", "entity.invalid_input"],
    )
    def patch(self, request: Request, id: str) -> Response:
        resource = get_resource(id)
        changes = self.body()
        return Response(RESOURCE.of(update_resource(resource, **changes, actor=self.actor)))

    @operation(
        "DeleteResource",
        "Delete an API resource",
        errors=["resource.cannot_delete_management_api", "entity.not_exists_with_id"],
    )
    def delete(self, request: Request, id: str) -> Response:
        delete_resource(get_resource(id), actor=self.actor)
        return no_content()


class DefaultResourceView(ApiView):
    """Whether an API is the tenant's default."""

    @operation(
        "UpdateResourceIsDefault",
        "Make an API resource the default, or no longer",
        body=DefaultResource,
        answer=RESOURCE,
        errors=["entity.not_found"],
    )
    def patch(self, request: Request, id: str) -> Response:
        resource = get_resource(id)
        changes = self.body()
        return Response(RESOURCE.of(set_default_resource(resource, **changes, actor=self.actor)))


class ScopesView(ApiView):
    """Lists and adds an API's permissions."""

    @operation(
        "ListResourceScopes",
        "List the permissions of an API resource",
        search=NAMED_FIELDS,
        pages="always",
        answer=[SCOPE],
        errors=["entity.not_exists_with_id"],
    )
    def get(self, request: Request, resource_id: str) -> Response:
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_scopes(get_resource(resource_id))), SCOPE)

    @operation(
        "CreateResourceScope",
        "Add a permission to an API resource",
        body=ScopeInput,
        answer=SCOPE,
        status=201,
        errors=[
            "entity.not_found",
            "resource.cannot_modify_management_api",
            "scope.name_with_space",
            "scope.name_exists",
        ],
    )
    def post(self, request: Request, resource_id: str) -> Response:
        scope = create_scope(get_resource(resource_id), **self.body(), actor=self.actor)
        return Response(SCOPE.of(scope), status=201)


class ScopeView(ApiView):
    """One permission of an API."""

    @operation(
        "UpdateResourceScope",
        "Change a permission of an API resource",
        body=ScopeInput,
        partial=True,
        answer=SCOPE,
        errors=["entity.not_found", "entity.invalid_input"],
    )
    def patch(self, request: Request, resource_id: str, scope_id: str) -> Response:
        scope = get_scope(get_resource(resource_id), scope_id)
        changes = self.body()
        return Response(SCOPE.of(update_scope(scope, actor=self.actor, **changes)))

    @operation("DeleteResourceScope", "Delete a permission of an API resource", errors=["entity.not_exists_with_id"])
    def delete(self, request: Request, resource_id: str, scope_id: str) -> Response:
        delete_scope(get_scope(get_resource(resource_id), scope_id), actor=self.actor)
        return no_content()
