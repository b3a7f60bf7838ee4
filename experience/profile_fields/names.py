"""What a field may be called: its name says where the value is kept. Pure rules."""

import re

from common.errors import AppError

MAX_NAME = 128
FULL_NAME, ADDRESS = "fullname", "address"

#: Kept in columns of the user.
USER_NAMES = ("name", "avatar")
FULL_NAME_PARTS = ("givenName", "middleName", "familyName")
ADDRESS_PARTS = ("formatted", "streetAddress", "locality", "region", "postalCode", "country")
#: Kept in the user's `profile`: claims of OpenID Connect Core 1.0 section 5.1, all of them texts.
CLAIM_NAMES = (*FULL_NAME_PARTS, "nickname", "profile", "website", "gender", "birthdate", "zoneinfo", "locale")
#: What a field may be called whose value has a place already; every other name is a key of `customData`.
BUILT_IN_NAMES = ("name", "avatar", FULL_NAME, *CLAIM_NAMES, ADDRESS)

_SIGN_IN_IDENTIFIERS = frozenset({"username", "primaryEmail", "primaryPhone", "email", "phone"})
_RESERVED_CLAIMS = frozenset({"preferredUsername"})
# What consoles of this protocol keep in `customData`.
_RESERVED_CUSTOM_DATA = frozenset({"onboarding", "guideRequests", "adminConsolePreferences", "defaultTenantId"})
_RESERVED = {
    "custom_profile_fields.name_conflict_sign_in_identifier": _SIGN_IN_IDENTIFIERS,
    "custom_profile_fields.name_conflict_built_in_prop": _RESERVED_CLAIMS,
    "custom_profile_fields.name_conflict_custom_data": _RESERVED_CUSTOM_DATA,
}
_NAME = re.compile(r"[A-Za-z0-9]+")


def assert_name_allowed(name: str) -> None:
    """Raise if no field may be called so.

    `custom_profile_fields.invalid_name` unless it is letters and digits, `…name_conflict_sign_in_identifier`,
    `…name_conflict_built_in_prop`, `…name_conflict_custom_data` for what belongs to somebody else, and
    `entity.value_too_long`.
    """
    if not _NAME.fullmatch(name):
        raise AppError("custom_profile_fields.invalid_name")
    if len(name) > MAX_NAME:
        raise AppError("entity.value_too_long", data={"message": "name"})
    assert_not_reserved(name)


def assert_not_reserved(*names: str) -> None:
    """Raise `custom_profile_fields.name_conflict_*` for names that are no field's."""
    for code, reserved in _RESERVED.items():
        if conflicts := sorted(reserved.intersection(names)):
            raise AppError(code, data={"name": conflicts[0]}, params={"name": conflicts[0]})
