"""The organization template: permissions and roles shared by all organizations of a tenant."""

from collections.abc import Collection, Mapping
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import ManyToOneRel

from access.models import RoleType
from common.actors import Actor
from common.constraints import constraint_errors
from common.errors import AppError
from events.history import changed, record
from organizations.errors import missing_reference
from organizations.models import (
    OrganizationRole,
    OrganizationRoleResourceScope,
    OrganizationRoleScope,
    OrganizationScope,
)
from organizations.policies import grantable_resource_scopes, grantable_scopes
from tenants.database.conflicts import atomic_with_retries

# Kinds of ids in the history.
_SCOPES = "organizationScopeIds"
_RESOURCE_SCOPES = "resourceScopeIds"

_TAKEN = "entity.unique_integrity_violation"


class ScopeValues(TypedDict, total=False):
    """What may change of a permission."""

    name: str
    description: str | None


class RoleValues(ScopeValues, total=False):
    """What may change of a role."""

    type: str


# --- Permissions -----------------------------------------------------------------------------------------------------
@transaction.atomic
def create_organization_scope(*, name: str, description: str | None = None, actor: Actor) -> OrganizationScope:
    """Create a permission; raises `entity.unique_integrity_violation`. Publishes `OrganizationScope.Created`."""
    scope = OrganizationScope(name=name, description=description)
    _save_unique(scope)
    record("OrganizationScope.Created", actor=actor, subject=scope, after={"name": name})
    return scope


@transaction.atomic
def update_organization_scope(
    scope: OrganizationScope, *, actor: Actor, **changes: Unpack[ScopeValues]
) -> OrganizationScope:
    """Change a permission's name or description.

    Raises `entity.invalid_input` if nothing is named, and `entity.unique_integrity_violation`. Publishes
    `OrganizationScope.Data.Updated`.
    """
    before, after = _apply(scope, changes)
    record("OrganizationScope.Data.Updated", actor=actor, subject=scope, before=before, after=after)
    return scope


@atomic_with_retries
def delete_organization_scope(scope: OrganizationScope, *, actor: Actor) -> None:
    """Delete a permission; roles lose it. Publishes `OrganizationScope.Deleted`."""
    record("OrganizationScope.Deleted", actor=actor, subject=scope)
    scope.delete()


# --- Roles -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def create_organization_role(
    *,
    name: str,
    description: str | None = None,
    type: str = RoleType.USER,
    scope_ids: Collection[str] = (),
    resource_scope_ids: Collection[str] = (),
    actor: Actor,
) -> OrganizationRole:
    """Create a role with what it grants.

    Raises `entity.unique_integrity_violation`, and as `add_role_scopes` and `add_role_resource_scopes`. Publishes
    `OrganizationRole.Created`, and `OrganizationRole.Scopes.Updated` where it grants something.
    """
    role = OrganizationRole(name=name, description=description, type=type)
    _save_unique(role)
    _grant(role, scope_ids)
    _grant_resource(role, resource_scope_ids)
    record("OrganizationRole.Created", actor=actor, subject=role, after={"name": name, "type": type})
    if scope_ids or resource_scope_ids:
        _record_grants(role, actor, added={_SCOPES: scope_ids, _RESOURCE_SCOPES: resource_scope_ids})
    return role


@transaction.atomic
def update_organization_role(
    role: OrganizationRole, *, actor: Actor, **changes: Unpack[RoleValues]
) -> OrganizationRole:
    """Change a role's name, description or, while nobody holds it, its type.

    Raises `entity.invalid_input` if nothing is named, `entity.unique_integrity_violation`, and
    `entity.db_constraint_violated` for the type of a role that is held. Publishes `OrganizationRole.Data.Updated`.
    """
    if changes.get("type", role.type) != role.type and _is_held(role):
        raise AppError("entity.db_constraint_violated")
    before, after = _apply(role, changes)
    record("OrganizationRole.Data.Updated", actor=actor, subject=role, before=before, after=after)
    return role


@atomic_with_retries
def delete_organization_role(role: OrganizationRole, *, actor: Actor) -> None:
    """Delete a role; its holders lose it in every organization. Publishes `OrganizationRole.Deleted`."""
    record("OrganizationRole.Deleted", actor=actor, subject=role)
    role.delete()


# --- What a role grants ----------------------------------------------------------------------------------------------
@transaction.atomic
def add_role_scopes(role: OrganizationRole, *, scope_ids: Collection[str], actor: Actor) -> None:
    """Let a role grant organization permissions; those it grants already stay.

    Raises 422 `entity.relation_foreign_key_not_found`. Publishes `OrganizationRole.Scopes.Updated`.
    """
    _record_grants(role, actor, added={_SCOPES: _grant(role, scope_ids)})


@transaction.atomic
def replace_role_scopes(role: OrganizationRole, *, scope_ids: Collection[str], actor: Actor) -> None:
    """Make these the only organization permissions of a role; raises and publishes as `add_role_scopes`."""
    _hold_alone(role)
    leaving = OrganizationRoleScope.objects.filter(role=role).exclude(scope_id__in=set(scope_ids))
    removed = list(leaving.values_list("scope_id", flat=True))
    leaving.delete()
    _record_grants(role, actor, added={_SCOPES: _grant(role, scope_ids)}, removed={_SCOPES: removed})


@transaction.atomic
def remove_role_scope(role: OrganizationRole, *, scope_id: str, actor: Actor) -> None:
    """Take an organization permission from a role; raises `entity.not_found`, publishes as `add_role_scopes`."""
    if not OrganizationRoleScope.objects.filter(role=role, scope_id=scope_id).delete()[0]:
        raise AppError("entity.not_found")
    _record_grants(role, actor, removed={_SCOPES: [scope_id]})


@transaction.atomic
def add_role_resource_scopes(role: OrganizationRole, *, scope_ids: Collection[str], actor: Actor) -> None:
    """Let a role grant API permissions; those it grants already stay.

    Raises as `grantable_resource_scopes`. Publishes `OrganizationRole.Scopes.Updated`.
    """
    _record_grants(role, actor, added={_RESOURCE_SCOPES: _grant_resource(role, scope_ids)})


@transaction.atomic
def replace_role_resource_scopes(role: OrganizationRole, *, scope_ids: Collection[str], actor: Actor) -> None:
    """Make these the only API permissions of a role; raises and publishes as `add_role_resource_scopes`."""
    _hold_alone(role)
    leaving = OrganizationRoleResourceScope.objects.filter(role=role).exclude(scope_id__in=set(scope_ids))
    removed = list(leaving.values_list("scope_id", flat=True))
    leaving.delete()
    added = _grant_resource(role, scope_ids)
    _record_grants(role, actor, added={_RESOURCE_SCOPES: added}, removed={_RESOURCE_SCOPES: removed})


@transaction.atomic
def remove_role_resource_scope(role: OrganizationRole, *, scope_id: str, actor: Actor) -> None:
    """Take an API permission from a role; raises `entity.not_found`, publishes as `add_role_resource_scopes`."""
    if not OrganizationRoleResourceScope.objects.filter(role=role, scope_id=scope_id).delete()[0]:
        raise AppError("entity.not_found")
    _record_grants(role, actor, removed={_RESOURCE_SCOPES: [scope_id]})


def _grant(role: OrganizationRole, scope_ids: Collection[str]) -> list[str]:
    """Return the ids of the permissions that the role did not grant before."""
    held = set(OrganizationRoleScope.objects.filter(role=role).values_list("scope_id", flat=True))
    rows = [OrganizationRoleScope(role=role, scope=scope) for scope in grantable_scopes(scope_ids)]
    OrganizationRoleScope.objects.bulk_create(rows, ignore_conflicts=True)
    return [row.scope_id for row in rows if row.scope_id not in held]


def _grant_resource(role: OrganizationRole, scope_ids: Collection[str]) -> list[str]:
    """Return the ids of the permissions that the role did not grant before."""
    held = set(OrganizationRoleResourceScope.objects.filter(role=role).values_list("scope_id", flat=True))
    rows = [OrganizationRoleResourceScope(role=role, scope=scope) for scope in grantable_resource_scopes(scope_ids)]
    OrganizationRoleResourceScope.objects.bulk_create(rows, ignore_conflicts=True)
    return [row.scope_id for row in rows if row.scope_id not in held]


def _hold_alone(role: OrganizationRole) -> None:
    """Let one replacement of what the role grants happen after the other."""
    if OrganizationRole.objects.select_for_update(no_key=True).filter(id=role.id).first() is None:
        raise missing_reference()


def _record_grants(role: OrganizationRole, actor: Actor, **changes: Mapping[str, Collection[str]]) -> None:
    ids = {name: {kind: list(found) for kind, found in change.items()} for name, change in changes.items()}
    record("OrganizationRole.Scopes.Updated", actor=actor, subject=role, **ids)  # type: ignore[arg-type]


def _is_held(role: OrganizationRole) -> bool:
    """Whether anything but its own grants refers to the role: members, applications, rules for joining."""
    granted = (OrganizationRoleScope, OrganizationRoleResourceScope)
    relations = OrganizationRole._meta.get_fields(include_hidden=True)
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: role}).exists()
        for relation in relations
        if isinstance(relation, ManyToOneRel) and relation.related_model not in granted
    )


def _apply(entity: OrganizationScope | OrganizationRole, changes: ScopeValues) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what changes, before and after."""
    if not changes:
        raise AppError("entity.invalid_input")
    before, after = changed(entity, changes)
    for name, value in changes.items():
        setattr(entity, name, value)
    _save_unique(entity, update_fields=list(changes))
    return before, after


def _save_unique(entity: OrganizationScope | OrganizationRole, update_fields: list[str] | None = None) -> None:
    with constraint_errors(organization_scope_name=_TAKEN, organization_role_name=_TAKEN):
        entity.save(update_fields=update_fields)
