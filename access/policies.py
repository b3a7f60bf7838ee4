"""May this permission go to that role, and may this row be changed by anybody."""

from collections.abc import Iterable

from access.management import INTERNAL_PREFIX, is_management_api, management_api_indicator
from access.models import Resource, Role, RoleType, Scope
from common.errors import AppError
from tenants.context import current_tenant_id


def assert_resource_mutable(resource: Resource) -> None:
    """Refuse a change of the Management API: `resource.cannot_modify_management_api`."""
    if is_management_api(resource):
        raise AppError("resource.cannot_modify_management_api")


def assert_resource_deletable(resource: Resource) -> None:
    """Refuse the removal of the Management API: `resource.cannot_delete_management_api`."""
    if is_management_api(resource):
        raise AppError("resource.cannot_delete_management_api")


def assert_role_mutable(role: Role) -> None:
    """Refuse a change of a role that Gatehouse keeps for itself: `role.internal_role_violation`."""
    assert_role_name_allowed(role.name)


def assert_role_name_allowed(name: str) -> None:
    """Refuse the names of internal roles: `role.internal_role_violation`."""
    if name.startswith(INTERNAL_PREFIX):
        raise AppError("role.internal_role_violation")


def assert_scopes_grantable(role_type: str, scopes: Iterable[Scope]) -> None:
    """Keep the Management API away from people's roles. The scopes come with their resource loaded.

    Raises `role.management_api_scopes_not_assignable_to_user_role`.
    """
    indicator = management_api_indicator(current_tenant_id())
    if role_type == RoleType.USER and any(scope.resource.indicator == indicator for scope in scopes):
        raise AppError("role.management_api_scopes_not_assignable_to_user_role")
