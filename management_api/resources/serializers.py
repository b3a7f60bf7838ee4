"""API resources and permissions on the wire."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from access.models import Resource, Scope
from common.rest.fields import Flag, Integer, Text
from tenants.database.shapes import Shape


class ResourceCreation(serializers.Serializer[Any]):
    """The body that registers an API."""

    name = Text(min_length=1)
    indicator = Text(min_length=1)
    accessTokenTtl = Integer(source="access_token_ttl", required=False)
    accessTokenHeaderType = Text(source="access_token_header_type", required=False)


class ResourceUpdate(serializers.Serializer[Any]):
    """The body that changes an API."""

    name = Text(min_length=1, required=False)
    accessTokenTtl = Integer(source="access_token_ttl", required=False)
    accessTokenHeaderType = Text(source="access_token_header_type", required=False)


class DefaultResource(serializers.Serializer[Any]):
    """The body that makes an API the default, or no longer."""

    isDefault = Flag(source="is_default")


class ScopeInput(serializers.Serializer[Any]):
    """The body that adds or changes a permission."""

    name = Text(min_length=1, max_length=256)
    description = Text(required=False, allow_null=True)


RESOURCE = Shape(
    Resource,
    "tenant_id",
    "id",
    "name",
    "indicator",
    "is_default",
    "access_token_ttl",
    "access_token_header_type",
)
SCOPE = Shape(Scope, "tenant_id", "id", "resource_id", "name", "description", "created_at")


def resource_rows_with_scopes(resources: Iterable[Resource]) -> list[dict[str, Any]]:
    """Return a page of API resources, each with the permissions that were loaded with it."""
    return [{**RESOURCE.of(resource), "scopes": SCOPE.each(resource.scopes.all())} for resource in resources]


def scope_rows_with_resource(scopes: Iterable[Scope]) -> list[dict[str, Any]]:
    """Return a page of permissions, each with its API."""
    return [{**SCOPE.of(scope), "resource": RESOURCE.of(scope.resource)} for scope in scopes]
