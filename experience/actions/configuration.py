"""The tenant's Actions, one for each moment of a sign-in, as they are stored and as they run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from common.sandbox import variables
from tenants.configuration import cached
from tenants.services.script_settings import ScriptSetting, find_script_setting

_SEAL_CONTEXT = "actions.environment_variables"


class ActionType(StrEnum):
    """When an Action runs. The value is its name in addresses, in events and in the tenant's settings."""

    POST_FIRST_FACTOR = "action.postFirstFactorVerification"
    POST_SIGN_IN = "action.postSignIn"

    @property
    def setting(self) -> ScriptSetting:
        """Where it is stored."""
        return ScriptSetting(key=self.value, seal_context=_SEAL_CONTEXT)

    @property
    def log_key(self) -> str:
        """What the audit log calls its runs."""
        return _LOG_KEYS[self]


_LOG_KEYS = {
    ActionType.POST_FIRST_FACTOR: "Action.PostFirstFactorVerification",
    ActionType.POST_SIGN_IN: "Action.PostSignIn",
}


@dataclass(frozen=True, slots=True)
class Action:
    """A script ready to run."""

    script: str
    blocks_on_error: bool
    allowed_hosts: frozenset[str]
    # They may hold secrets.
    environment_variables: Mapping[str, str] = field(repr=False)


def find_action(kind: ActionType) -> Action | None:
    """Return the tenant's Action, `None` if there is none or it is switched off; no statement when warm.

    One whose configuration does not say whether it is enabled is.
    """

    def load() -> Action | None:
        value = find_script_setting(kind.setting)
        if value is None or not value.get("enabled", True):
            return None
        return Action(
            value["script"],
            value.get("onExecutionError") != "allow",
            frozenset(value.get("allowedHosts", ())),
            MappingProxyType(dict(value.get(variables.OPEN) or {})),
        )

    return cached("actions", kind, load)
