"""Configurations of a tenant's scripts: settings whose environment variables, which may be secrets, are sealed."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.errors import AppError
from common.sandbox.variables import sealed, unsealed
from common.shapes import AnyObject, Shape, validate
from tenants.services.settings import Setting, delete_setting, get_setting, lock_setting, set_setting


@dataclass(frozen=True, kw_only=True)
class ScriptSetting:
    """A script's configuration: the name of its row, and what its environment variables are sealed for."""

    key: str
    seal_context: str

    @property
    def row(self) -> Setting:
        """The setting that holds it, sealed."""
        return Setting(key=self.key, shape=AnyObject())


def find_script_setting(setting: ScriptSetting) -> dict[str, Any] | None:
    """Return a configuration, environment variables in clear, `None` if there is none; no statement when warm."""
    stored = get_setting(setting.row)
    return None if stored is None else unsealed(stored, context=setting.seal_context)


def get_script_setting(setting: ScriptSetting) -> dict[str, Any]:
    """Return a configuration as `find_script_setting` does; raises `entity.not_exists_with_id`."""
    found = find_script_setting(setting)
    if found is None:
        raise AppError("entity.not_exists_with_id")
    return found


@transaction.atomic
def put_script_setting(
    setting: ScriptSetting, value: Any, *, shape: Shape, actor: Actor
) -> tuple[dict[str, Any], bool]:
    """Store a configuration whole; returns it and whether it is the first. Raises `guard.invalid_input`."""
    read: dict[str, Any] = validate(shape, value)
    is_first = lock_setting(setting.row) is None
    set_setting(setting.row, sealed(read, context=setting.seal_context), actor=actor)
    return read, is_first


@transaction.atomic
def update_script_setting(setting: ScriptSetting, changes: Any, *, shape: Shape, actor: Actor) -> dict[str, Any]:
    """Replace members of a configuration and return it whole.

    Raises `entity.not_exists_with_id` and `guard.invalid_input`.
    """
    stored = lock_setting(setting.row)
    if stored is None:
        raise AppError("entity.not_exists_with_id")
    held = unsealed(stored, context=setting.seal_context)
    value: dict[str, Any] = validate(shape, {**held, **validate(AnyObject(), changes)})
    set_setting(setting.row, sealed(value, context=setting.seal_context), actor=actor)
    return value


def delete_script_setting(setting: ScriptSetting, *, actor: Actor) -> None:
    """Remove a configuration. Raises `entity.not_found`."""
    if not delete_setting(setting.row, actor=actor):
        raise AppError("entity.not_found")
