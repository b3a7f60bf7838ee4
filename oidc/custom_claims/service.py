"""Scripts that add claims to access tokens: set, changed, removed, tried out."""

from typing import Any

from common.actors import Actor
from common.errors import AppError
from common.sandbox.running import ScriptAccessDeniedError, ScriptError
from common.shapes import validate
from oidc.custom_claims.configuration import TokenKind
from oidc.custom_claims.runner import run_script
from oidc.custom_claims.shapes import CONFIGURATIONS, TRIALS
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT
from tenants.services.script_settings import (
    delete_script_setting,
    find_script_setting,
    get_script_setting,
    put_script_setting,
    update_script_setting,
)


def get_custom_claims(kind: TokenKind) -> dict[str, Any]:
    """Return the configuration for a kind of token, environment variables in clear.

    Raises `entity.not_exists_with_id`.
    """
    return get_script_setting(kind.setting)


def list_custom_claims() -> list[tuple[TokenKind, dict[str, Any]]]:
    """Return the configurations that the tenant has."""
    found = [(kind, find_script_setting(kind.setting)) for kind in TokenKind]
    return [(kind, value) for kind, value in found if value is not None]


def put_custom_claims(kind: TokenKind, value: Any, *, actor: Actor) -> tuple[dict[str, Any], bool]:
    """Store a configuration whole; returns it and whether it is the first.

    Raises `guard.invalid_input`, and `jwt_customizer.can_not_create_for_admin_tenant`: a script there could lock every
    developer out.
    """
    if current_tenant_id() == ADMIN_TENANT:
        raise AppError("jwt_customizer.can_not_create_for_admin_tenant")
    return put_script_setting(kind.setting, value, shape=CONFIGURATIONS[kind], actor=actor)


def update_custom_claims(kind: TokenKind, changes: Any, *, actor: Actor) -> dict[str, Any]:
    """Replace members of a configuration and return it whole. Raises as `update_script_setting`."""
    return update_script_setting(kind.setting, changes, shape=CONFIGURATIONS[kind], actor=actor)


def delete_custom_claims(kind: TokenKind, *, actor: Actor) -> None:
    """Remove a configuration. Raises `entity.not_found`."""
    delete_script_setting(kind.setting, actor=actor)


def try_custom_claims(kind: TokenKind, trial: Any) -> dict[str, Any]:
    """Return what a script makes of made-up input, `{script, environmentVariables?, token, context}`; stores nothing.

    Raises `guard.invalid_input`, and `jwt_customizer.general` with the script's message; if the script denied access,
    with 403 and the code `AccessDenied`.
    """
    read = validate(TRIALS[kind], trial)
    script = read.pop("script")
    try:
        return run_script(script, {"environmentVariables": {}, **read})
    except ScriptAccessDeniedError as error:
        refusal = {"message": error.message, "code": "AccessDenied"}
        raise AppError("jwt_customizer.general", data=refusal, status=403) from error
    except ScriptError as error:
        raise AppError("jwt_customizer.general", data={"message": error.message, "name": error.name}) from error
