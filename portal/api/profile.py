"""Which of a user's fields a caller sees: the token's scopes first, then the tenant's field permissions."""

from typing import Any

from identity.selectors import user_info
from portal.api.authentication import Caller

_ADDRESS = "address"
# Wire field to the scope it needs and the account-center field that governs it ("" where none does).
_FIELDS: dict[str, tuple[str, str]] = {
    "name": ("profile", "name"),
    "avatar": ("profile", "avatar"),
    "username": ("profile", "username"),
    "profile": ("profile", "profile"),
    "lastSignInAt": ("profile", ""),
    "createdAt": ("profile", ""),
    "updatedAt": ("profile", ""),
    "applicationId": ("profile", ""),
    "isSuspended": ("profile", ""),
    "hasPassword": ("profile", "password"),
    "primaryEmail": ("email", "email"),
    "primaryPhone": ("phone", "phone"),
    "customData": ("custom_data", "customData"),
}


def visible_profile(caller: Caller) -> dict[str, Any]:
    """Return `profile` as the caller sees it: `address` only with its scope."""
    profile = dict(caller.user.profile)
    if _ADDRESS not in caller.scopes:
        profile.pop(_ADDRESS, None)
    return profile


def visible_account(caller: Caller) -> dict[str, Any]:
    """Return the caller's account."""
    user = caller.user
    values = {**user_info(user), "hasPassword": user.has_password, "profile": visible_profile(caller)}
    shown: dict[str, Any] = {
        "id": user.id,
        "hasSecurityVerificationMethod": bool(user.has_password or user.primary_email or user.primary_phone),
    }
    for name, (scope, field) in _FIELDS.items():
        if scope in caller.scopes and (not field or caller.center.may_read(field)):
            shown[name] = values[name]
    return shown
