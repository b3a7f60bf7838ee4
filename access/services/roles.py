"""Global roles are defined, and given permissions. Who holds them is decided by the rooms of the holders."""

from collections.abc import Iterable

from django.db import transaction

from access.models import Role, RoleScope, RoleType, Scope
from access.policies import assert_role_mutable, assert_role_name_allowed, assert_scopes_grantable
from access.selectors import get_scopes
from common.actors import Actor
from common.constraints import constraint_errors
from common.errors import AppError
from events.history import changed, record
from tenants.database.conflicts import atomic_with_retries


def _grant(role: Role, scopes: list[Scope]) -> None:
    assert_scopes_grantable(role.type, scopes)
    with constraint_errors(role_scope="role.scope_exists"):
        RoleScope.objects.bulk_create(RoleScope(role=role, scope=scope) for scope in scopes)


def _record_scopes(role: Role, actor: Actor, *, added: list[Scope]) -> None:
    record("Role.Scopes.Updated", actor=actor, subject=role, added={"scopeIds": [scope.id for scope in added]})


@transaction.atomic
def create_role(
    *,
    name: str,
    description: str,
    type: str = RoleType.USER,
    is_default: bool = False,
    scope_ids: Iterable[str] = (),
    actor: Actor,
) -> Role:
    """Define a role. A default one is given to every user created from now on.

    Raises `role.name_in_use`, `role.internal_role_violation`, `entity.not_exists_with_id` for an unknown permission and
    `role.management_api_scopes_not_assignable_to_user_role`.
    """
    assert_role_name_allowed(name)
    scopes = get_scopes(scope_ids)
    with constraint_errors(role_name="role.name_in_use"):
        role = Role.objects.create(name=name, description=description, type=type, is_default=is_default)
    _grant(role, scopes)
    record("Role.Created", actor=actor, subject=role, after={"name": name, "type": type, "is_default": is_default})
    if scopes:
        _record_scopes(role, actor, added=scopes)
    return role


@transaction.atomic
def update_role(
    role: Role,
    *,
    name: str | None = None,
    description: str | None = None,
    is_default: bool | None = None,
    actor: Actor,
) -> Role:
    """Change a role; `None` leaves a value as it is. The type never changes.

    Raises `role.name_in_use`, `role.internal_role_violation`, and `entity.invalid_input` if nothing is given.
    """
    assert_role_mutable(role)
    changes = {"name": name, "description": description, "is_default": is_default}
    changes = {field: value for field, value in changes.items() if value is not None}
    if not changes:
        raise AppError("entity.invalid_input")
    before, after = changed(role, changes)
    for field, value in changes.items():
        setattr(role, field, value)
    assert_role_name_allowed(role.name)
    with constraint_errors(role_name="role.name_in_use"):
        role.save(update_fields=list(changes))
    record("Role.Data.Updated", actor=actor, subject=role, before=before, after=after)
    return role


@atomic_with_retries
def delete_role(role: Role, *, actor: Actor) -> None:
    """Remove a role and take it from everybody. Raises `role.internal_role_violation`."""
    assert_role_mutable(role)
    record("Role.Deleted", actor=actor, subject=role)
    role.delete()


@transaction.atomic
def add_role_scopes(role: Role, *, scope_ids: Iterable[str], actor: Actor) -> list[Scope]:
    """Let a role grant more permissions; all of them or none.

    Raises `role.scope_exists` if it grants one already, `entity.not_exists_with_id` for an unknown one,
    `role.management_api_scopes_not_assignable_to_user_role` and `role.internal_role_violation`.
    """
    assert_role_mutable(role)
    scopes = get_scopes(scope_ids)
    _grant(role, scopes)
    _record_scopes(role, actor, added=scopes)
    return scopes


@transaction.atomic
def remove_role_scope(role: Role, *, scope_id: str, actor: Actor) -> None:
    """Take a permission from a role. Raises `entity.not_found` where the role does not grant it."""
    assert_role_mutable(role)
    removed, _ = RoleScope.objects.filter(role=role, scope_id=scope_id).delete()
    if not removed:
        raise AppError("entity.not_found")
    record("Role.Scopes.Updated", actor=actor, subject=role, removed={"scopeIds": [scope_id]})
