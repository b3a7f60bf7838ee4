"""What the Account API answers."""

from typing import Any, TypedDict


class _Shown(TypedDict, total=False):
    name: str | None
    avatar: str | None
    username: str | None
    profile: dict[str, Any]
    lastSignInAt: int | None
    createdAt: int
    updatedAt: int
    applicationId: str | None
    isSuspended: bool
    hasPassword: bool
    primaryEmail: str | None
    primaryPhone: str | None
    customData: dict[str, Any]


class Account(_Shown):
    """The user's account: what the token's scopes and the tenant's settings show of it."""

    id: str
    hasSecurityVerificationMethod: bool
