"""Answers about API resources."""

from typing import Annotated, Any, NotRequired, TypedDict

from common.rest.operations import With
from management_api.resources.serializers import RESOURCE, SCOPE


class ResourceWithScopes(TypedDict):
    """An API resource with its permissions, if they are asked for."""

    scopes: NotRequired[list[Annotated[Any, SCOPE]]]


class ScopeWithResource(TypedDict):
    """A permission with its API resource."""

    resource: Annotated[Any, RESOURCE]


RESOURCE_WITH_SCOPES = With(RESOURCE, ResourceWithScopes)
SCOPE_WITH_RESOURCE = With(SCOPE, ScopeWithResource)
