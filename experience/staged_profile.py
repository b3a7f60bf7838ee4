"""The staged profile of an interaction: what its user has added, until it is written to the account. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, cast

from identity.models import User
from identity.passwords import HashedPassword, UserInfo

# Kind of identifier -> name in the staged profile -> field of the user.
PROFILE_NAMES: Mapping[str, str] = {"username": "username", "email": "primaryEmail", "phone": "primaryPhone"}
USER_FIELDS: Mapping[str, str] = {"username": "username", "email": "primary_email", "phone": "primary_phone"}


def find_held(user: User | None, kind: str) -> str | None:
    """Return the identifier of a kind that the account has already."""
    return None if user is None else getattr(user, USER_FIELDS[kind])


def list_held(user: User | None, staged: Mapping[str, Any]) -> set[str]:
    """Return which parts of a profile the account and the staged profile have together."""
    held = {kind for kind, name in PROFILE_NAMES.items() if staged.get(name) or find_held(user, kind)}
    if staged.get("passwordEncrypted") or (user is not None and user.has_password):
        held.add("password")
    return held


class StagedIdentifiers(TypedDict, total=False):
    """Staged identifiers by the names of the user's fields."""

    username: str
    primary_email: str
    primary_phone: str


def staged_identifiers(staged: Mapping[str, Any]) -> StagedIdentifiers:
    """Return the staged identifiers by the names of the user's fields."""
    found = {USER_FIELDS[kind]: staged[name] for kind, name in PROFILE_NAMES.items() if staged.get(name)}
    return cast(StagedIdentifiers, found)


def staged_password(staged: Mapping[str, Any]) -> HashedPassword | None:
    """Return the staged password; it was hashed before it was staged."""
    if "passwordEncrypted" not in staged:
        return None
    return HashedPassword(staged["passwordEncrypted"], staged["passwordEncryptionMethod"])


def with_password(staged: Mapping[str, Any], password: HashedPassword) -> dict[str, Any]:
    """Return the profile with a password staged."""
    return {
        **staged,
        "passwordEncrypted": password.encrypted,
        "passwordEncryptionMethod": password.method,
    }


def staged_organizations(staged: Mapping[str, Any]) -> list[str]:
    """Return the ids of organizations that the user is to join."""
    return list(staged.get("jitOrganizationIds", ()))


def with_organizations(staged: Mapping[str, Any], organization_ids: Iterable[str]) -> dict[str, Any]:
    """Return the profile with these organizations staged for joining."""
    return {**staged, "jitOrganizationIds": list(organization_ids)}


def info_for_policy(user: User | None, staged: Mapping[str, Any]) -> UserInfo:
    """Return what a password must not consist of: staged values before the account's."""
    return UserInfo(
        name=staged.get("name") or (user.name if user else None),
        username=staged.get("username") or find_held(user, "username"),
        email=staged.get("primaryEmail") or find_held(user, "email"),
        phone=staged.get("primaryPhone") or find_held(user, "phone"),
    )
