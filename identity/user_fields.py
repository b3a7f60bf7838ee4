"""What may be written to a user, and the columns that follow from it."""

from collections.abc import Mapping
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from common.errors import AppError, invalid_value
from common.web_addresses import is_web_address
from identity.identifier_keys import is_storable, username_key
from identity.identifiers import (
    UsernamePolicy,
    assert_username_allowed,
    assert_valid_email,
    normalize_email,
    normalize_phone,
)
from identity.models import User

_MAX_LENGTHS = {"username": 128, "primary_email": 128, "primary_phone": 128, "name": 128, "avatar": 2048}
_MAX_TARGET = 128
_MAX_IDENTITY = 256
_ON_WIRE = {"primary_email": "primaryEmail", "primary_phone": "primaryPhone"}
_IDENTIFIERS = ("username", "primary_email", "primary_phone")
_OBJECTS = ("profile", "custom_data", "identities", "account_settings")

#: The form of every username; what a tenant allows beyond it is the sign-up's affair.
_ANY_USERNAME = UsernamePolicy.from_settings(None)


class UserChanges(TypedDict, total=False):
    """The fields that callers may set; a field that is missing stays. Objects are replaced whole."""

    username: str | None
    primary_email: str | None
    primary_phone: str | None
    name: str | None
    avatar: str | None
    profile: dict[str, Any]
    custom_data: dict[str, Any]
    identities: dict[str, Any]
    account_settings: dict[str, Any]


def apply_changes(user: User, changes: UserChanges) -> list[str]:
    """Check the changes, set them on the instance with every column that follows, and return the columns' names.

    An empty identifier means none. Raises `entity.value_too_long`, `user.invalid_email`, `user.invalid_phone`,
    `user.username_…` for a name of impossible form, `request.invalid_input` for what no column can hold, and
    `guard.invalid_input` for a page of the profile that is no http(s) address.
    """
    for field, value in changes.items():
        if field in _OBJECTS:
            _assert_object(value)
        else:
            _assert_text(field, value)
        setattr(user, field, (value or None) if field in _IDENTIFIERS else value)
    if "identities" in changes:
        _assert_identities(user.identities)
    if "profile" in changes:
        _assert_web_addresses(user.profile)
    columns = set(changes)
    if "username" in changes:
        columns |= _set_username_key(user)
    if "primary_email" in changes:
        columns |= _set_email_key(user)
    if "primary_phone" in changes and user.primary_phone:
        user.primary_phone = normalize_phone(user.primary_phone)
    user.search = search_text(user)
    return [*columns, "search", "updated_at"]


def _assert_identities(identities: Mapping[str, Any]) -> None:
    """Linked accounts are `{userId, details?}` by their target."""
    for target, identity in identities.items():
        account = identity.get("userId") if isinstance(identity, Mapping) else None
        is_identity = isinstance(account, str) and 0 < len(account) <= _MAX_IDENTITY and target
        if not is_identity or len(target) > _MAX_TARGET or not isinstance(identity.get("details", {}), Mapping):
            raise AppError("request.invalid_input")


def _assert_web_addresses(profile: Mapping[str, Any]) -> None:
    """The pages of a profile are linked by whoever shows it: `javascript:` and the like are refused."""
    for name in ("profile", "website"):
        value = profile.get(name)
        if value and not (isinstance(value, str) and is_web_address(value)):
            raise invalid_value(f"profile.{name}", _("This is not an http(s) address."))


def search_text(user: User) -> str:
    """Return the lower-case text of everything a user can be searched by, an address in both its spellings."""
    parts = [user.id, user.primary_email, user.primary_phone, user.username, user.name]
    if user.email_key and not (user.primary_email or "").isascii():
        parts.append(user.email_key)
    return "\n".join(part for part in parts if part).lower()


def _set_username_key(user: User) -> set[str]:
    user.username_key = None
    if user.username:
        assert_username_allowed(user.username, _ANY_USERNAME)
        user.username_key = username_key(user.username)
    return {"username_key"}


def _set_email_key(user: User) -> set[str]:
    user.email_key = None
    if user.primary_email:
        assert_valid_email(user.primary_email)
        user.email_key = normalize_email(user.primary_email)
    return {"email_key"}


def _assert_text(field: str, value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, str) or not is_storable(value):
        raise AppError("request.invalid_input")
    if len(value) > _MAX_LENGTHS[field]:
        raise AppError("entity.value_too_long", data={"message": _ON_WIRE.get(field, field)})


def _assert_object(value: Any) -> None:
    if not isinstance(value, dict) or not is_storable_json(value):
        raise AppError("request.invalid_input")


def is_storable_json(value: Any) -> bool:
    """Whether PostgreSQL can hold the value as JSON: no NUL, no lone surrogate, no infinity."""
    match value:
        case str():
            return is_storable(value)
        case Mapping():
            return all(is_storable(str(name)) and is_storable_json(item) for name, item in value.items())
        case list() | tuple():
            return all(is_storable_json(item) for item in value)
        case float():
            return value == value and abs(value) != float("inf")
    return True
