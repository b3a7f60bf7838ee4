"""A role is given to several users at once."""

from collections.abc import Iterable

from django.db import transaction

from access.models import Role, RoleType
from common.actors import Actor
from common.constraints import constraint_errors
from common.errors import AppError
from events.history import record
from identity.models import User, UserRole


@transaction.atomic
def add_role_users(role: Role, *, user_ids: Iterable[str], actor: Actor) -> None:
    """Give a role to users; all of them or none.

    Raises `role.user_exists` if one holds it already, `user.invalid_role_type` for a role that is not for users, and
    `entity.not_found` for an unknown user.
    """
    if role.type != RoleType.USER:
        raise AppError("user.invalid_role_type")
    wanted = set(user_ids)
    # Held until the commit, so that none is deleted under a role just given.
    users = list(User.objects.filter(id__in=wanted).select_for_update(no_key=True).order_by("id"))
    if len(users) != len(wanted):
        raise AppError("entity.not_found")
    with constraint_errors(user_role="role.user_exists"):
        UserRole.objects.bulk_create(UserRole(user=user, role=role) for user in users)
    record("Role.Users.Updated", actor=actor, subject=role, added={"userIds": [user.id for user in users]})
