"""What an Action may answer. Pure: a result is read or refused, nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from common.errors import AppError
from common.shapes import AnyObject, Choice, Members, Shape, Text
from common.shapes.base import ShapeError, refuse
from experience.records import Identifier
from experience.staged_profile import PROFILE_NAMES, USER_FIELDS
from identity.identifier_keys import identifier_key, is_storable
from identity.models import User
from identity.user_fields import UserChanges

# Name on the wire -> field of the user. Lengths and forms are the user's own rules (`identity.user_fields`).
_FIELDS = {
    "name": "name",
    "avatar": "avatar",
    **{PROFILE_NAMES[kind]: field for kind, field in USER_FIELDS.items()},
    "profile": "profile",
    "customData": "custom_data",
}
_MERGED = ("profile", "custom_data")
_TEXT = Text(nullable=True)


def _patch(*, required: bool) -> Shape:
    texts = {name: _TEXT for name, field in _FIELDS.items() if field not in _MERGED}
    return Members({**texts, "profile": AnyObject(), "customData": AnyObject()}, is_closed=True, required=required)


class _True(Choice):
    """`true` alone."""

    def _read(self, value: Any, path: str) -> Any:
        if value is not True:
            raise refuse(path, "invalid", "Must be true.")
        return True


_FIRST_FACTOR = Members(
    {
        "action": Choice(choices=("createUser", "updateUser"), required=True),
        "user": _patch(required=True),
        "passwordVerified": _True(choices=(), required=True),
    },
    is_closed=True,
)
_SIGN_IN = Members(
    {"action": Choice(choices=("updateUser",), required=True), "user": _patch(required=False)}, is_closed=True
)


@dataclass(frozen=True, slots=True)
class Migration:
    """A password that another system has confirmed: the account to make, or what to change of the one there is."""

    action: Literal["createUser", "updateUser"]
    changes: UserChanges


def read_migration(result: Any, *, identifier: Identifier, user: User | None) -> Migration | None:
    """Return what a first-factor Action wants written, `None` if it does not vouch for the password.

    The account gets the identifier that was used, unless the result spells it itself. Raises
    `session.identity_conflict` for an account to be made that exists, or one to be changed that does not, and
    `action.sign_in_identifier_changed`.
    """
    read = _read(_FIRST_FACTOR, result)
    if read is None:
        return None
    creates = read["action"] == "createUser"
    if creates is not (user is None):
        raise AppError("session.identity_conflict")
    changes = _as_changes(read["user"])
    if creates:
        changes = cast(UserChanges, {name: value for name, value in changes.items() if value is not None})
        changes.setdefault(USER_FIELDS[identifier.kind], identifier.value)  # type: ignore[misc]  # one of the keys
    _assert_identifier_kept(changes, identifier)
    return Migration(read["action"], changes)


def read_sign_in_result(result: Any) -> UserChanges:
    """Return what a sign-in Action wants changed of the user, nothing for no result.

    Raises `session.verification_failed` for anything that is no result of an Action.
    """
    if result is None or result == {}:
        return {}
    read = _read(_SIGN_IN, result)
    if read is None:
        raise AppError("session.verification_failed")
    return _as_changes(read.get("user", {}))


def merged(changes: UserChanges, user: User) -> UserChanges:
    """Return changes with the objects among them merged, one level deep, into those of the user."""
    objects = {name: {**getattr(user, name), **value} for name, value in changes.items() if name in _MERGED}  # type: ignore[dict-item]  # objects, all of them
    return cast(UserChanges, {**changes, **objects})


def _read(shape: Shape, result: Any) -> dict[str, Any] | None:
    try:
        return cast(dict[str, Any], shape.read(result))
    except ShapeError:
        return None


def _as_changes(patch: Mapping[str, Any]) -> UserChanges:
    return cast(UserChanges, {_FIELDS[name]: value for name, value in patch.items()})


def _assert_identifier_kept(changes: UserChanges, identifier: Identifier) -> None:
    field = USER_FIELDS[identifier.kind]
    if field not in changes:
        return
    value = cast(Mapping[str, Any], changes)[field]
    is_same = (
        bool(value)
        and is_storable(value)
        and identifier_key(identifier.kind, value) == identifier_key(identifier.kind, identifier.value)
    )
    if not is_same:
        raise AppError("action.sign_in_identifier_changed")
