"""Running a tenant's script for custom claims."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from common.sandbox import running
from common.sandbox.limits import LIMITS
from common.sandbox.pool import Terms
from tenants.context import current_tenant_id


def run_script(script: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims that the script's `getCustomJwtClaims` makes of `payload`.

    `payload` holds `token`, `context` and `environmentVariables`. Raises as `common.sandbox.running.run_script`.
    """
    runtime = running.Runtime(
        entry="getCustomJwtClaims",
        limits=LIMITS,
        terms=Terms(settings.CUSTOM_CLAIMS_PROCESSES),
        denies=True,
        returns_object=True,
    )
    claims = running.run_script(script, payload, runtime=runtime, tenant_id=current_tenant_id()).value
    if not isinstance(claims, dict):
        raise running.ScriptError("The script must return an object.", name="TypeError")
    return claims
