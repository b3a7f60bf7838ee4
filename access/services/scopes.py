"""Permissions of an API resource are added, changed and removed."""

from typing import TypedDict, Unpack

from django.db import transaction

from access.models import Resource, Scope
from access.policies import assert_resource_mutable
from common.actors import Actor
from common.constraints import constraint_errors
from common.errors import AppError
from events.history import changed, record


class ScopeChanges(TypedDict, total=False):
    """What can change of a permission; an absent key leaves it."""

    name: str
    description: str | None


def _validate_name(name: str) -> None:
    if any(sign.isspace() for sign in name):
        raise AppError("scope.name_with_space")


@transaction.atomic
def create_scope(resource: Resource, *, name: str, description: str | None = None, actor: Actor) -> Scope:
    """Add a permission.

    Raises `scope.name_exists`, `scope.name_with_space` and `resource.cannot_modify_management_api`.
    """
    assert_resource_mutable(resource)
    _validate_name(name)
    with constraint_errors(scope_name="scope.name_exists"):
        scope = Scope.objects.create(resource=resource, name=name, description=description)
    record("Scope.Created", actor=actor, subject=scope, after={"name": name}, resourceId=resource.id)
    return scope


@transaction.atomic
def update_scope(scope: Scope, *, actor: Actor, **changes: Unpack[ScopeChanges]) -> Scope:
    """Change a permission. Raises what `create_scope` raises, and `entity.invalid_input` if nothing is given."""
    assert_resource_mutable(scope.resource)
    if not changes:
        raise AppError("entity.invalid_input")
    if "name" in changes:
        _validate_name(changes["name"])
    before, after = changed(scope, changes)
    for field, value in changes.items():
        setattr(scope, field, value)
    with constraint_errors(scope_name="scope.name_exists"):
        scope.save(update_fields=list(changes))
    record(
        "Scope.Data.Updated",
        actor=actor,
        subject=scope,
        before=before,
        after=after,
        resourceId=scope.resource_id,
    )
    return scope


@transaction.atomic
def delete_scope(scope: Scope, *, actor: Actor) -> None:
    """Remove a permission from its API and from every role. Raises `resource.cannot_modify_management_api`."""
    assert_resource_mutable(scope.resource)
    record("Scope.Deleted", actor=actor, subject=scope, resourceId=scope.resource_id)
    scope.delete()
