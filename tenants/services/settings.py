"""The tenant's key-value configuration: one row a setting, declared by the room that decides with it."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.shapes import Shape, validate
from tenants.announcing import announce
from tenants.configuration import cached
from tenants.context import current_tenant_id
from tenants.models import Tenant, TenantSetting


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting: the name of its row, which is the Management API's, what it may be, and what it is unless set."""

    key: str
    shape: Shape
    default: Any = None


def get_setting(setting: Setting) -> Any:
    """Return a setting's value, its default if the tenant has not set it; cached."""

    def load() -> Any:
        stored = TenantSetting.objects.filter(key=setting.key).values_list("value", flat=True).first()
        return setting.default if stored is None else stored

    return cached("setting", setting.key, load)


@transaction.atomic
def set_setting(setting: Setting, value: Any, *, actor: Actor) -> Any:
    """Store a setting's value whole and return it. Raises `guard.invalid_input` for one that has not its shape."""
    read = validate(setting.shape, value)
    before = lock_setting(setting)
    TenantSetting.objects.update_or_create(key=setting.key, defaults={"value": read})
    _announce(setting, before, read, actor)
    return read


@transaction.atomic
def merge_setting(setting: Setting, changes: Any, *, actor: Actor) -> dict[str, Any]:
    """Change members of a setting and return it whole; concurrent changes all take effect.

    Raises `guard.invalid_input` for members that have not their shape.
    """
    read = validate(setting.shape, changes)
    merged: dict[str, Any] = set_setting(setting, {**current_setting(setting), **read}, actor=actor)
    return merged


def current_setting(setting: Setting) -> dict[str, Any]:
    """Return a setting as it is stored now, and keep others from changing any until the transaction ends.

    The tenant's row is the lock: a setting that was never set has none of its own.
    """
    Tenant.objects.select_for_update(no_key=True).only("id").get(id=current_tenant_id())
    stored = TenantSetting.objects.filter(key=setting.key).values_list("value", flat=True).first()
    return dict(setting.default if stored is None else stored)


def lock_setting(setting: Setting) -> Any:
    """Return a setting's stored value, `None` if there is none, and keep others from changing it meanwhile.

    Called within a transaction.
    """
    return TenantSetting.objects.select_for_update().filter(key=setting.key).values_list("value", flat=True).first()


@transaction.atomic
def delete_setting(setting: Setting, *, actor: Actor) -> bool:
    """Reset a setting to its default; returns whether the tenant had set it."""
    before = lock_setting(setting)
    deleted, _ = TenantSetting.objects.filter(key=setting.key).delete()
    if deleted:
        _announce(setting, before, setting.default, actor)
    return deleted > 0


def _announce(setting: Setting, before: Any, after: Any, actor: Actor) -> None:
    old = setting.default if before is None else before
    if old != after:
        announce("Setting.Updated", actor=actor, kind="Setting", id=setting.key, before=old or {}, after=after or {})
