"""The tenant's fields, in order; cached with its configuration."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.errors import AppError
from experience.models import CustomProfileField
from experience.profile_fields.field import ProfileField
from tenants.configuration import cached


def list_profile_fields() -> tuple[ProfileField, ...]:
    """Return the whole catalog."""
    return cached("profile-fields", "", _load)


def get_profile_field_row(name: str, *, code: str = "entity.not_found") -> CustomProfileField:
    """Return a field's row; raises `code` if there is none of this name."""
    row = CustomProfileField.objects.filter(name=name).first()
    if row is None:
        raise AppError(code)
    return row


def list_sign_up_fields(chosen: Sequence[Mapping[str, Any]] | None) -> tuple[ProfileField, ...]:
    """Return what signing up asks for, in its order. `chosen` is `signUpProfileFields`, `None` the whole catalog."""
    fields = list_profile_fields()
    if chosen is None:
        return fields
    by_name = {field.name: field for field in fields}
    return tuple(by_name[item["name"]] for item in chosen if item["name"] in by_name)


def _load() -> tuple[ProfileField, ...]:
    rows = CustomProfileField.objects.order_by("sie_order", "created_at", "id")
    return tuple(ProfileField.from_row(row) for row in rows)
