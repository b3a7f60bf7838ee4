"""Global roles on the wire."""

from typing import Any

from rest_framework import serializers

from access.models import Role, RoleType
from applications.selectors import role_application_overviews
from common.rest.fields import Choice, Flag, Text, Texts
from identity.role_holders import role_user_overviews
from tenants.database.shapes import Shape

_IDS: dict[str, Any] = {"item": {"min_length": 1}, "min_length": 1}


class RoleCreation(serializers.Serializer[Any]):
    """The body that defines a role."""

    name = Text(min_length=1, max_length=128)
    description = Text(min_length=1, max_length=128)
    type = Choice(choices=RoleType.choices, required=False)
    isDefault = Flag(source="is_default", required=False)
    scopeIds = Texts(item={"min_length": 1}, source="scope_ids", required=False)


class RoleUpdate(serializers.Serializer[Any]):
    """The body that changes a role."""

    name = Text(min_length=1, max_length=128, required=False)
    description = Text(min_length=1, max_length=128, required=False)
    isDefault = Flag(source="is_default", required=False)


class RoleQuery(serializers.Serializer[Any]):
    """The filters of the list of roles."""

    type = Choice(choices=RoleType.choices, required=False)
    excludeUserId = Text(source="exclude_user_id", required=False)
    excludeApplicationId = Text(source="exclude_application_id", required=False)


class RoleIds(serializers.Serializer[Any]):
    """The body that names roles."""

    roleIds = Texts(item={"min_length": 1}, source="role_ids")


class ScopeIds(serializers.Serializer[Any]):
    """The body that names permissions."""

    scopeIds = Texts(source="scope_ids", **_IDS)


class UserIds(serializers.Serializer[Any]):
    """The body that names users."""

    userIds = Texts(source="user_ids", **_IDS)


class ApplicationIds(serializers.Serializer[Any]):
    """The body that names applications."""

    applicationIds = Texts(source="application_ids", **_IDS)


ROLE = Shape(Role, "tenant_id", "id", "name", "description", "type", "is_default")


def role_overview_rows(roles: list[Role]) -> list[dict[str, Any]]:
    """Return a page of roles, each with how many hold it and who they are; two statements for the page."""
    ids = [role.id for role in roles]
    users, applications = role_user_overviews(ids), role_application_overviews(ids)
    return [
        {
            **ROLE.of(role),
            "usersCount": users[role.id].total,
            "featuredUsers": [user._asdict() for user in users[role.id].featured],
            "applicationsCount": applications[role.id].total,
            "featuredApplications": [app._asdict() for app in applications[role.id].featured],
        }
        for role in roles
    ]
