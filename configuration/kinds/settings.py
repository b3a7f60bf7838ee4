"""Single settings of the tenant, and its account center. They always have a value; none is ever deleted."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from common.shapes import Members, Shape
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.shapes import closed, form_shape
from events.retention import AUDIT_LOG_SETTING, set_retention
from identity.account_center import ACCOUNT_CENTER_SETTING, get_account_center, update_account_center
from identity.security_notifications import SECURITY_NOTIFICATIONS_SETTING
from oidc.admission.policies import ORGANIZATION_SIGN_IN_SETTING
from oidc.claims.scope_claims import ID_TOKEN_SETTING
from oidc.sessions.sessions import SESSION_SETTING
from tenants.services.settings import Setting, get_setting, set_setting

# Member of the section -> the setting, and who stores it: a setting with rules of its own has a service.
_SETTINGS: Mapping[str, tuple[Setting, Callable[..., Any]]] = {
    "session": (SESSION_SETTING, partial(set_setting, SESSION_SETTING)),
    "idToken": (ID_TOKEN_SETTING, partial(set_setting, ID_TOKEN_SETTING)),
    "organizationSignIn": (ORGANIZATION_SIGN_IN_SETTING, partial(set_setting, ORGANIZATION_SIGN_IN_SETTING)),
    "securityNotifications": (SECURITY_NOTIFICATIONS_SETTING, partial(set_setting, SECURITY_NOTIFICATIONS_SETTING)),
    "auditLog": (AUDIT_LOG_SETTING, set_retention),
}


class Settings(NoSecrets):
    """Each setting is one object, replaced whole."""

    section = "settings"
    shape = form_shape({name: closed(setting.shape) for name, (setting, _store) in _SETTINGS.items()})
    options = Options(is_single=True)
    covers = ()
    settings = tuple(setting.key for setting, _store in _SETTINGS.values())

    def read(self, reading: Reading) -> list[Item]:
        form = {name: get_setting(setting) for name, (setting, _store) in _SETTINGS.items()}
        return [Item(self.section, form, self.section, protected=True)]

    def create(self, form: Form, change: Change) -> None:
        for name, value in form.items():
            _setting, store = _SETTINGS[name]
            store(value, actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        self.create({name: form[name] for name in _SETTINGS if name in names}, change)

    def delete(self, item: Item, change: Change) -> None:
        """They are protected."""


class AccountCenter(NoSecrets):
    """What users may see and change of their own account; what the file does not name stays."""

    section = "accountCenter"
    shape: Members = closed(ACCOUNT_CENTER_SETTING.shape)
    options = Options(is_single=True)
    covers = ()
    settings = (ACCOUNT_CENTER_SETTING.key,)

    def read(self, reading: Reading) -> list[Item]:
        wire = get_account_center().wire
        members: Mapping[str, Shape] = self.shape.members
        form = {name: wire.get(name, member.default) for name, member in members.items()}
        return [Item(self.section, form, self.section, protected=True)]

    def create(self, form: Form, change: Change) -> None:
        update_account_center(form, actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        update_account_center({name: form[name] for name in names}, actor=change.actor)

    def delete(self, item: Item, change: Change) -> None:
        """It is protected."""
