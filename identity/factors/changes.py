"""What every change of a user's factors does: hold the account, say what happened, and tell the user."""

from collections.abc import Iterable, Sequence
from typing import Any

from common.actors import Actor
from common.errors import AppError
from events.history import record
from identity.factor_types import FactorType
from identity.models import Factor, User
from identity.security_notifications import Change, notify_of_change
from identity.selectors import user_info
from tenants.database.rows import find


def hold_user(user: User) -> User:
    """Return the user as stored now, and keep others from changing the factors until the transaction ends.

    The account's row is the lock: a factor that is not there yet has none of its own. Raises `entity.not_found`.
    """
    held = find(User, "r.id = %s", user.id, lock="FOR NO KEY UPDATE")
    if held is None:
        raise AppError("entity.not_found")
    return held


def announce_change(user: User, *, added: Sequence[Factor] = (), removed: Sequence[Factor] = (), actor: Actor) -> None:
    """Record `User.Factors.Updated`, which subscribers know as `User.Data.Updated`, and mail the user."""
    _record(
        user,
        actor,
        [*added, *removed],
        added={"factors": [factor.type for factor in added]},
        removed={"factors": [factor.type for factor in removed]},
    )
    old, new = _types(removed), _types(added)
    changes = {kind: _change(is_new=kind in new, was_there=kind in old) for kind in [*new, *old]}
    notify_of_change(user, changes, actor=actor)


def announce_renaming(user: User, factor: Factor, *, actor: Actor) -> None:
    """Record that a factor has another name; names are personal data and stay out of the log."""
    _record(user, actor, [factor], changed=["name"])


def _record(user: User, actor: Actor, factors: Iterable[Factor], **details: Any) -> None:
    record(
        "User.Factors.Updated",
        hook="User.Data.Updated",
        actor=actor,
        subject=user,
        data={"user": user_info(user)},
        factorIds=[factor.id for factor in factors],
        **details,
    )


def _types(factors: Iterable[Factor]) -> list[FactorType]:
    return [FactorType(factor.type) for factor in factors]


def _change(*, is_new: bool, was_there: bool) -> Change:
    if is_new and was_there:
        return Change.REPLACED
    return Change.ADDED if is_new else Change.REMOVED
