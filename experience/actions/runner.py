"""Running a tenant's Action."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings

from common.sandbox import running
from common.sandbox.fetching import fetcher
from common.sandbox.limits import Limits
from common.sandbox.pool import Terms
from tenants.context import current_tenant_id

# A user waits for it: 8 seconds in all, whatever the script fetches meanwhile.
LIMITS = Limits(cpu=1.0, wall=8.0, calls=5)
_ENTRY = "runAction"
# Scripts are evaluated as scripts, which cannot export; modules that only export the function are scripts otherwise.
_EXPORT = re.compile(
    rf"^([ \t]*)export[ \t]+(?=(?:async[ \t]+)?(?:function|const|let|var)[ \t]+{_ENTRY}\b)", re.MULTILINE
)


def run_script(
    script: str,
    event: Any,
    environment_variables: Mapping[str, str],
    allowed_hosts: Collection[str],
    *,
    is_for_anybody: bool = False,
) -> running.Returned:
    """Return what the script's `runAction` makes of an event; raises `ScriptError`.

    It may fetch from the allowed hosts. No transaction may be under way: it may wait for them. What a wrong password
    causes is for anybody, and leaves a process to users who have signed in already.
    """
    return running.run_script(
        _EXPORT.sub(r"\1", script, count=1),
        {"event": event, "environmentVariables": dict(environment_variables)},
        runtime=running.Runtime(
            entry=_ENTRY,
            limits=LIMITS,
            terms=Terms(settings.ACTIONS_PROCESSES, patience=1.5, slow=2.0, most_waiting=2),
            leaves=1 if is_for_anybody else 0,
        ),
        tenant_id=current_tenant_id(),
        fetch=fetcher(allowed_hosts) if allowed_hosts else None,
    )
