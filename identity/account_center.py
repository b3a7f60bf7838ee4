"""What users may see and change of their own account, field by field, as the tenant allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.appearance import CUSTOM_CSS
from common.errors import AppError
from common.shapes import Choice, Flag, Items, Members, Origin, Text, Values, WebAddress, validate
from tenants.services.settings import Setting, get_setting, merge_setting


class Access(StrEnum):
    """What a user may do with a field; a field that is not named is `Off`."""

    OFF = "Off"
    READ_ONLY = "ReadOnly"
    EDIT = "Edit"


FIELDS = ("name", "avatar", "profile", "email", "phone", "username", "customData", "password")

ACCOUNT_CENTER_SETTING = Setting(
    key="accountCenter",
    shape=Members(
        {
            "enabled": Flag(default=False),
            "fields": Values(of=Choice(choices=tuple(access.value for access in Access)), max_items=64, default={}),
            # Further origins at which the tenant's passkeys are used (Web Authentication Level 3, section 5.11).
            "webauthnRelatedOrigins": Items(of=Origin(), max_items=100, default=[]),
            # Where the account center sends users who want their account deleted.
            "deleteAccountUrl": WebAddress(nullable=True, allows_empty=True),
            "customCss": CUSTOM_CSS,
            "profileFields": Items(of=Members({"name": Text(min_length=1, max_length=128)}), nullable=True),
        }
    ),
    default={"enabled": False, "fields": {}},
)


@dataclass(frozen=True, slots=True)
class AccountCenter:
    """Whether users may look after their own account, and which fields of it. `wire` is the setting whole."""

    enabled: bool
    fields: Mapping[str, str]
    wire: Mapping[str, Any]

    def may_read(self, field: str) -> bool:
        """Whether the field is shown."""
        return self.fields.get(field, Access.OFF) != Access.OFF

    def may_edit(self, field: str) -> bool:
        """Whether the field can be changed."""
        return self.fields.get(field) == Access.EDIT


def get_account_center() -> AccountCenter:
    """Return the tenant's account center; cached with its configuration."""
    value = ACCOUNT_CENTER_SETTING.shape.fill(get_setting(ACCOUNT_CENTER_SETTING))
    return AccountCenter(enabled=value["enabled"], fields=value["fields"], wire=value)


@transaction.atomic
def update_account_center(changes: Any, *, actor: Actor) -> AccountCenter:
    """Replace members of the account center's setting, by their names on the wire.

    Raises `guard.invalid_input`, and `request.feature_not_supported` for a field that the account center does not have
    and for profile fields of the tenant's own.
    """
    read = validate(ACCOUNT_CENTER_SETTING.shape, changes)
    if "fields" in read:
        named = {field: access for field, access in read["fields"].items() if field in FIELDS}
        if any(access != Access.OFF for field, access in read["fields"].items() if field not in named):
            raise AppError("request.feature_not_supported", data={"fields": ["fields"]})
        read["fields"] = named
    if read.get("profileFields"):
        raise AppError("request.feature_not_supported", data={"fields": ["profileFields"]})
    if "webauthnRelatedOrigins" in read:
        read["webauthnRelatedOrigins"] = list(dict.fromkeys(read["webauthnRelatedOrigins"]))
    if read.get("deleteAccountUrl") == "":
        read["deleteAccountUrl"] = None
    merge_setting(ACCOUNT_CENTER_SETTING, read, actor=actor)
    return get_account_center()
