"""Which global roles a user holds."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from access.models import Role, RoleType
from common.actors import Actor
from common.errors import AppError
from events.history import record
from identity.identifier_keys import is_storable
from identity.models import User, UserRole
from identity.services.users import lock_user

ROLES_UPDATED = "User.Roles.Updated"


def assign_user_roles(user: User, *, role_ids: Iterable[str], actor: Actor) -> list[str]:
    """Give the user roles and return the ids of those that are new; roles already held are left alone.

    Raises `entity.not_found` for a user who is gone, `entity.not_exists_with_id` for an unknown role and
    `user.invalid_role_type` for one that is not for users; then nothing is given.
    """
    wanted = list(dict.fromkeys(role_ids))
    with transaction.atomic():
        lock_user(user)
        held = _held_role_ids(user)
        added = [role_id for role_id in wanted if role_id not in held]
        _add(user, added)
        _record(user, actor, added=added)
    return added


def replace_user_roles(user: User, *, role_ids: Iterable[str], actor: Actor) -> list[str]:
    """Make these the user's roles and return the ids of those that are new. Raises as `assign_user_roles` does."""
    wanted = list(dict.fromkeys(role_ids))
    with transaction.atomic():
        lock_user(user)
        held = _held_role_ids(user)
        added = [role_id for role_id in wanted if role_id not in held]
        _add(user, added)
        UserRole.objects.filter(user_id=user.id).exclude(role_id__in=wanted).delete()
        _record(user, actor, added=added, removed=sorted(held.difference(wanted)))
    return added


@transaction.atomic
def remove_user_role(user: User, *, role_id: str, actor: Actor) -> None:
    """Take a role from the user. Raises `entity.not_found` if they do not hold it."""
    held = UserRole.objects.filter(user_id=user.id, role_id=role_id)
    if not is_storable(role_id) or not held.delete()[0]:
        raise AppError("entity.not_found")
    _record(user, actor, removed=[role_id])


def _record(user: User, actor: Actor, *, added: Sequence[str] = (), removed: Sequence[str] = ()) -> None:
    if added or removed:
        record(ROLES_UPDATED, actor=actor, subject=user, added={"roleIds": added}, removed={"roleIds": removed})


def _held_role_ids(user: User) -> set[str]:
    return set(UserRole.objects.filter(user_id=user.id).values_list("role_id", flat=True))


def _add(user: User, role_ids: list[str]) -> None:
    if not role_ids:
        return
    roles = Role.objects.in_bulk([role_id for role_id in role_ids if is_storable(role_id)])
    if any(role_id not in roles for role_id in role_ids):
        raise AppError("entity.not_exists_with_id")
    if any(role.type != RoleType.USER for role in roles.values()):
        raise AppError("user.invalid_role_type")
    UserRole.objects.bulk_create(UserRole(user=user, role=roles[role_id]) for role_id in role_ids)
