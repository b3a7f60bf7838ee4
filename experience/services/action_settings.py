"""The tenant's Actions: set, changed, removed, tried out."""

from typing import Any

from common.actors import Actor
from common.errors import AppError
from common.sandbox import variables
from common.sandbox.running import Returned, ScriptError
from common.shapes import validate
from experience.actions.configuration import ActionType
from experience.actions.runner import run_script
from experience.actions.shapes import CONFIGURATION, TRIAL
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT
from tenants.rate_limits import TooManyRequestsError, find_wait
from tenants.services.script_settings import (
    delete_script_setting,
    find_script_setting,
    get_script_setting,
    put_script_setting,
    update_script_setting,
)


def get_action(kind: ActionType) -> dict[str, Any]:
    """Return an Action's configuration, environment variables in clear. Raises `entity.not_exists_with_id`."""
    return get_script_setting(kind.setting)


def list_actions() -> list[tuple[ActionType, dict[str, Any]]]:
    """Return the configurations that the tenant has."""
    found = [(kind, find_script_setting(kind.setting)) for kind in ActionType]
    return [(kind, value) for kind, value in found if value is not None]


def put_action(kind: ActionType, value: Any, *, actor: Actor) -> tuple[dict[str, Any], bool]:
    """Store a configuration whole; returns it and whether it is the first.

    Raises `guard.invalid_input`, and `action.general` in tenant `admin`: a script there could lock every developer out.
    """
    if current_tenant_id() == ADMIN_TENANT:
        raise AppError("action.general", data={"message": "Tenant admin cannot have Actions."})
    return put_script_setting(kind.setting, value, shape=CONFIGURATION, actor=actor)


def update_action(kind: ActionType, changes: Any, *, actor: Actor) -> dict[str, Any]:
    """Replace members of a configuration and return it whole. Raises as `update_script_setting`."""
    return update_script_setting(kind.setting, changes, shape=CONFIGURATION, actor=actor)


def delete_action(kind: ActionType, *, actor: Actor) -> None:
    """Remove an Action. Raises `entity.not_found`."""
    delete_script_setting(kind.setting, actor=actor)


def try_action(trial: Any) -> Returned:
    """Return what a script makes of a made-up event, `{script, actionType, event, environmentVariables?,
    allowedHosts?}`; stores nothing, but what the script has fetched is fetched.

    Raises `guard.invalid_input`, `TooManyRequestsError`, and `action.general` with the script's error.
    """
    read = validate(TRIAL, trial)
    if wait := find_wait("ACTION_TEST_LIMIT_PER_TENANT"):
        raise TooManyRequestsError(wait)
    try:
        return run_script(
            read["script"], read["event"], read.get(variables.OPEN, {}), frozenset(read.get("allowedHosts", ()))
        )
    except ScriptError as error:
        raise AppError("action.general", data={"message": error.message, "name": error.name}) from error
