"""What users may see and change of their own account, field by field, as the tenant allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.errors import AppError
from tenants.services.settings import SettingKey, current_setting, get_setting, set_setting


class Access(StrEnum):
    """What a user may do with a field; a field that is not named is `Off`."""

    OFF = "Off"
    READ_ONLY = "ReadOnly"
    EDIT = "Edit"


FIELDS = ("name", "avatar", "profile", "email", "phone", "username", "customData", "password")


@dataclass(frozen=True, slots=True)
class AccountCenter:
    """Whether users may look after their own account, and which fields of it."""

    enabled: bool
    fields: Mapping[str, str]

    def may_read(self, field: str) -> bool:
        """Whether the field is shown."""
        return self.fields.get(field, Access.OFF) != Access.OFF

    def may_edit(self, field: str) -> bool:
        """Whether the field can be changed."""
        return self.fields.get(field) == Access.EDIT


def get_account_center() -> AccountCenter:
    """Return the tenant's account centre; cached with its configuration."""
    value = get_setting(SettingKey.ACCOUNT_CENTER)
    return AccountCenter(enabled=bool(value.get("enabled")), fields=dict(value.get("fields") or {}))


@transaction.atomic
def update_account_center(
    *, actor: Actor, enabled: bool | None = None, fields: Mapping[str, Any] | None = None
) -> AccountCenter:
    """Switch the account centre, or replace its field permissions whole.

    Raises `request.feature_not_supported` for a field that the account centre does not have.
    """
    value = current_setting(SettingKey.ACCOUNT_CENTER)
    if enabled is not None:
        value["enabled"] = enabled
    if fields is not None:
        if any(field not in FIELDS and access != Access.OFF for field, access in fields.items()):
            raise AppError("request.feature_not_supported")
        value["fields"] = {field: Access(access).value for field, access in fields.items() if field in FIELDS}
    set_setting(SettingKey.ACCOUNT_CENTER, value, actor=actor)
    return get_account_center()
