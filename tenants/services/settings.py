"""The tenant's key-value configuration: one row a key, each with its default."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db import transaction

from common.actors import Actor
from tenants.announcing import announce
from tenants.configuration import cached
from tenants.context import current_tenant_id
from tenants.models import Tenant, TenantSetting


class SettingKey(StrEnum):
    """The known keys; the values are the names of the Management API's configuration."""

    ID_TOKEN = "idToken"
    SESSION = "oidc.session"
    SESSION_NOT_FOUND_REDIRECT = "sessionNotFoundRedirectUrl"
    ACCOUNT_CENTER = "accountCenter"
    ORGANIZATION_SIGN_IN = "organizationSignIn"
    ACCESS_TOKEN_CLAIMS = "jwt.accessToken"
    CLIENT_CREDENTIALS_CLAIMS = "jwt.clientCredentials"
    CIMD = "cimd"
    CLIENT_REGISTRATION = "dynamicClientRegistration"


_DEFAULTS: dict[SettingKey, Any] = {
    SettingKey.ID_TOKEN: {"enabledExtendedClaims": ["roles", "organizations", "organization_roles"]},
    SettingKey.SESSION: {"ttl": 1_209_600},
    SettingKey.SESSION_NOT_FOUND_REDIRECT: {},
    SettingKey.ACCOUNT_CENTER: {"enabled": False, "fields": {}},
    SettingKey.ORGANIZATION_SIGN_IN: {"enabled": False},
    SettingKey.ACCESS_TOKEN_CLAIMS: None,
    SettingKey.CLIENT_CREDENTIALS_CLAIMS: None,
    SettingKey.CIMD: {"enabled": False},
    SettingKey.CLIENT_REGISTRATION: {},
}


def get_setting(key: SettingKey) -> Any:
    """Return a setting's value, its default where the tenant has not set it; cached."""

    def load() -> Any:
        stored = TenantSetting.objects.filter(key=key).values_list("value", flat=True).first()
        return _DEFAULTS[key] if stored is None else stored

    return cached("setting", key, load)


@transaction.atomic
def set_setting(key: SettingKey, value: Any, *, actor: Actor) -> Any:
    """Store a setting's value whole and return it."""
    before = lock_setting(key)
    TenantSetting.objects.update_or_create(key=key, defaults={"value": value})
    _announce(key, before, value, actor)
    return value


@transaction.atomic
def merge_setting(key: SettingKey, changes: Mapping[str, Any], *, actor: Actor) -> dict[str, Any]:
    """Change members of a setting and return it whole; changes at once all take effect."""
    value = {**current_setting(key), **changes}
    set_setting(key, value, actor=actor)
    return value


def current_setting(key: SettingKey) -> dict[str, Any]:
    """Return a setting as it is stored now, and keep others from changing any until the transaction ends.

    The tenant's row is the lock: a setting that was never set has none of its own.
    """
    Tenant.objects.select_for_update(no_key=True).only("id").get(id=current_tenant_id())
    stored = TenantSetting.objects.filter(key=key).values_list("value", flat=True).first()
    return dict(_DEFAULTS[key] if stored is None else stored)


def lock_setting(key: SettingKey) -> Any:
    """Return a setting's stored value, `None` where there is none, and keep others from changing it meanwhile.

    Called within a transaction.
    """
    return TenantSetting.objects.select_for_update().filter(key=key).values_list("value", flat=True).first()


@transaction.atomic
def delete_setting(key: SettingKey, *, actor: Actor) -> bool:
    """Give a setting its default again; returns whether the tenant had set it."""
    before = lock_setting(key)
    deleted, _ = TenantSetting.objects.filter(key=key).delete()
    if deleted:
        _announce(key, before, _DEFAULTS[key], actor)
    return deleted > 0


def _announce(key: SettingKey, before: Any, after: Any, actor: Actor) -> None:
    old = _DEFAULTS[key] if before is None else before
    if old != after:
        announce("Setting.Updated", actor=actor, kind="Setting", id=key.value, before=old or {}, after=after or {})
