"""Users on the wire."""

import re
from typing import Any

from rest_framework import serializers

from common.clock import to_milliseconds
from common.errors import AppError
from common.rest.fields import Choice, Flag, JsonObject, Moment, Text, WebAddressField
from identity.models import PersonalAccessToken
from identity.passwords import EncryptionMethod, HashedPassword
from identity.profile_input import ProfileInput
from identity.selectors import USER_INFO
from tenants.database.shapes import Member

_EMAIL = re.compile(r"\S+@\S+\.\S+")
_PHONE = re.compile(r"[0-9]+")
_USERNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}

USER = USER_INFO.plus(Member("has_password", sql="r.password_encrypted IS NOT NULL", kind=bool))
USER_WITH_PASSWORD_HASH = USER.plus(
    Member("password_encrypted", "passwordDigest"), Member("password_encryption_method", "passwordAlgorithm")
)

# Stands for a value that nobody can read any more.
MASKED_VALUE = "pat_" + "*" * 32


class _Shaped(Text):
    """A text of a certain form; `allows_empty` also admits the empty one, which means none."""

    default_error_messages = {"shape": "Invalid."}

    def __init__(self, *, shape: re.Pattern[str], allows_empty: bool, **options: Any) -> None:
        super().__init__(allow_blank=allows_empty, **options)
        self.shape = shape

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if value and not self.shape.fullmatch(value):
            self.fail("shape")
        return value


class UserCreation(serializers.Serializer[Any]):
    """The body that creates a user."""

    username = _Shaped(shape=_USERNAME, allows_empty=False, required=False)
    primaryEmail = _Shaped(shape=_EMAIL, allows_empty=False, source="primary_email", required=False)
    primaryPhone = _Shaped(shape=_PHONE, allows_empty=False, source="primary_phone", required=False)
    password = Text(min_length=1, required=False)
    passwordDigest = Text(max_length=256, required=False)
    passwordAlgorithm = Choice(choices=[method.value for method in EncryptionMethod], required=False)
    name = Text(required=False)
    avatar = WebAddressField(allow_blank=True, **_OPTIONAL)
    customData = JsonObject(source="custom_data", required=False)
    profile = ProfileInput(required=False)


class UserUpdate(serializers.Serializer[Any]):
    """The body that changes a user."""

    username = _Shaped(shape=_USERNAME, allows_empty=True, **_OPTIONAL)
    primaryEmail = _Shaped(shape=_EMAIL, allows_empty=True, source="primary_email", **_OPTIONAL)
    primaryPhone = _Shaped(shape=_PHONE, allows_empty=True, source="primary_phone", **_OPTIONAL)
    name = Text(**_OPTIONAL)
    avatar = WebAddressField(allow_blank=True, **_OPTIONAL)
    customData = JsonObject(source="custom_data", required=False)
    profile = ProfileInput(required=False)


class CustomDataInput(serializers.Serializer[Any]):
    """The body that merges keys into a user's custom data."""

    customData = JsonObject(source="custom_data")


class ProfileUpdate(serializers.Serializer[Any]):
    """The body that merges keys into a user's profile."""

    profile = ProfileInput()


class PasswordInput(serializers.Serializer[Any]):
    """The body that holds a password."""

    password = Text(min_length=1)


class PasswordExpirationInput(serializers.Serializer[Any]):
    """The body that expires a password, or takes that back."""

    isExpired = Flag(source="is_expired")


class SuspensionInput(serializers.Serializer[Any]):
    """The body that suspends a user, or takes that back."""

    isSuspended = Flag(source="suspended")


class UserQuery(serializers.Serializer[Any]):
    """The filters of the list of users."""

    excludeRoleId = Text(source="exclude_role_id", required=False)
    excludeOrganizationId = Text(source="exclude_organization_id", required=False)


class PersonalAccessTokenCreation(serializers.Serializer[Any]):
    """The body that makes a personal access token."""

    name = Text(min_length=1, max_length=256)
    expiresAt = Moment(source="expires_at", required=False, allow_null=True)


class PersonalAccessTokenUpdate(serializers.Serializer[Any]):
    """The body that renames the token of the address."""

    name = Text(min_length=1, max_length=256)


class PersonalAccessTokenRenaming(serializers.Serializer[Any]):
    """The body that renames the token it names."""

    name = Text(source="new_name", min_length=1, max_length=256)
    currentName = Text(source="name", default="")


class PersonalAccessTokenName(serializers.Serializer[Any]):
    """The body that names a token."""

    name = Text()


def new_user_values(body: dict[str, Any]) -> dict[str, Any]:
    """Return a creation's values with an imported digest as one; raises `user.password_algorithm_required`."""
    digest, algorithm = body.pop("passwordDigest", None), body.pop("passwordAlgorithm", None)
    if digest is None:
        return body
    if algorithm is None:
        raise AppError("user.password_algorithm_required")
    return {**body, "hashed_password": HashedPassword(digest, algorithm)}


def personal_access_token_row(token: PersonalAccessToken, *, value: str = MASKED_VALUE) -> dict[str, Any]:
    """Return a personal access token; its value is known, and given, only when it has just been made."""
    return {
        "tenantId": token.tenant_id,
        "userId": token.user_id,
        "name": token.name,
        "value": value,
        "createdAt": to_milliseconds(token.created_at),
        "expiresAt": to_milliseconds(token.expires_at),
    }
