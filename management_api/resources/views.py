"""`/api/resources`: API resources and their permissions."""

from rest_framework.request import Request
from rest_framework.response import Response

from access.selectors import get_resource, get_scope, list_resources, list_scopes
from access.services.resources import create_resource, delete_resource, set_default_resource, update_resource
from access.services.scopes import create_scope, delete_scope, update_scope
from common.rest.pagination import paginated
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

    def get(self, request: Request) -> Response:
        with_scopes = self.flag("includeScopes")
        represent = resource_rows_with_scopes if with_scopes else RESOURCE
        return paginated(request, list_resources(with_scopes=with_scopes), represent, optional=True)

    def post(self, request: Request) -> Response:
        resource = create_resource(**self.body(ResourceCreation), actor=self.actor)
        return Response({**RESOURCE.of(resource), "scopes": []}, status=201)


class ResourceView(ApiView):
    """One API."""

    def get(self, request: Request, id: str) -> Response:
        return Response(RESOURCE.get(id))

    def patch(self, request: Request, id: str) -> Response:
        resource = get_resource(id)
        changes = self.body(ResourceUpdate)
        return Response(RESOURCE.of(update_resource(resource, **changes, actor=self.actor)))

    def delete(self, request: Request, id: str) -> Response:
        delete_resource(get_resource(id), actor=self.actor)
        return no_content()


class DefaultResourceView(ApiView):
    """Whether an API is the tenant's default."""

    def patch(self, request: Request, id: str) -> Response:
        resource = get_resource(id)
        changes = self.body(DefaultResource)
        return Response(RESOURCE.of(set_default_resource(resource, **changes, actor=self.actor)))


class ScopesView(ApiView):
    """Lists and adds an API's permissions."""

    def get(self, request: Request, id: str) -> Response:
        search = parse_search(request.query_params, NAMED_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(list_scopes(get_resource(id))), SCOPE)

    def post(self, request: Request, id: str) -> Response:
        scope = create_scope(get_resource(id), **self.body(ScopeInput), actor=self.actor)
        return Response(SCOPE.of(scope), status=201)


class ScopeView(ApiView):
    """One permission of an API."""

    def patch(self, request: Request, id: str, scope_id: str) -> Response:
        scope = get_scope(get_resource(id), scope_id)
        changes = self.body(ScopeInput, partial=True)
        return Response(SCOPE.of(update_scope(scope, actor=self.actor, **changes)))

    def delete(self, request: Request, id: str, scope_id: str) -> Response:
        delete_scope(get_scope(get_resource(id), scope_id), actor=self.actor)
        return no_content()
