"""Roles and permissions of the organization template on the wire."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from access.models import RoleType
from common.rest.fields import Choice, Text, Texts
from organizations.models import OrganizationRole, OrganizationScope
from tenants.database.shapes import Shape


class Ids(Texts):
    """A list of ids or names, none of them empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(item={"min_length": 1}, **options)


# --- Bodies and queries ----------------------------------------------------------------------------------------------
class ListQuery(serializers.Serializer[Any]):
    """The query of a list that can be searched."""

    q = Text(required=False)


class ScopeInput(serializers.Serializer[Any]):
    """The body that creates or changes a permission."""

    name = Text(min_length=1, max_length=128)
    description = Text(required=False, allow_null=True, max_length=256)


class RoleUpdate(ScopeInput):
    """The body that changes a role."""

    type = Choice(choices=RoleType.choices, required=False)


class RoleCreation(RoleUpdate):
    """The body that creates a role, with what it grants."""

    organizationScopeIds = Texts(source="scope_ids", required=False)
    resourceScopeIds = Texts(source="resource_scope_ids", required=False)


class OrganizationScopeIds(serializers.Serializer[Any]):
    """The body that adds organization permissions to a role."""

    organizationScopeIds = Ids(source="scope_ids", min_length=1)


class AnyOrganizationScopeIds(serializers.Serializer[Any]):
    """The body that replaces organization permissions, perhaps by none."""

    organizationScopeIds = Ids(source="scope_ids")


class ScopeIds(serializers.Serializer[Any]):
    """The body that adds API permissions to a role."""

    scopeIds = Ids(source="scope_ids", min_length=1)


class AnyScopeIds(serializers.Serializer[Any]):
    """The body that replaces API permissions, perhaps by none."""

    scopeIds = Ids(source="scope_ids")


# --- Rows ------------------------------------------------------------------------------------------------------------
ORGANIZATION_SCOPE = Shape(OrganizationScope, "tenant_id", "id", "name", "description")
ORGANIZATION_ROLE = Shape(OrganizationRole, "tenant_id", "id", "name", "description", "type")


def granting_role_rows(roles: Iterable[OrganizationRole]) -> list[dict[str, Any]]:
    """Return a page of roles with what they grant."""
    return [
        {
            **ORGANIZATION_ROLE.of(role),
            "scopes": [{"id": scope.id, "name": scope.name} for scope in role.scopes.all()],
            "resourceScopes": [
                {
                    "id": scope.id,
                    "name": scope.name,
                    "resource": {"id": scope.resource.id, "name": scope.resource.name},
                }
                for scope in role.resource_scopes.all()
            ],
        }
        for role in roles
    ]
