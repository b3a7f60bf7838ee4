"""API resources and permissions on the wire."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from access.models import Resource, Scope
from common.clock import to_milliseconds
from common.rest.fields import Flag, Integer, Text


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


def resource_row(resource: Resource) -> dict[str, Any]:
    """Return an API resource as it stands on the wire."""
    return {
        "tenantId": resource.tenant_id,
        "id": resource.id,
        "name": resource.name,
        "indicator": resource.indicator,
        "isDefault": resource.is_default,
        "accessTokenTtl": resource.access_token_ttl,
        "accessTokenHeaderType": resource.access_token_header_type,
    }


def resource_rows(resources: Iterable[Resource]) -> list[dict[str, Any]]:
    """Return a page of API resources."""
    return [resource_row(resource) for resource in resources]


def resource_rows_with_scopes(resources: Iterable[Resource]) -> list[dict[str, Any]]:
    """Return a page of API resources, each with the permissions that were loaded with it."""
    return [{**resource_row(resource), "scopes": scope_rows(resource.scopes.all())} for resource in resources]


def scope_row(scope: Scope) -> dict[str, Any]:
    """Return a permission as it stands on the wire."""
    return {
        "tenantId": scope.tenant_id,
        "id": scope.id,
        "resourceId": scope.resource_id,
        "name": scope.name,
        "description": scope.description,
        "createdAt": to_milliseconds(scope.created_at),
    }


def scope_rows(scopes: Iterable[Scope]) -> list[dict[str, Any]]:
    """Return a page of permissions."""
    return [scope_row(scope) for scope in scopes]


def scope_rows_with_resource(scopes: Iterable[Scope]) -> list[dict[str, Any]]:
    """Return a page of permissions, each with its API."""
    return [{**scope_row(scope), "resource": resource_row(scope.resource)} for scope in scopes]
