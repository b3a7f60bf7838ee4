"""Actions of tenant `default`, and the audit log of their runs."""

from collections.abc import Iterator
from typing import Any

import pytest

from common.actors import SYSTEM
from common.sandbox.pool import Pool, SandboxBusyError
from events.models import AuditLog
from experience.actions.configuration import ActionType
from experience.services.action_settings import put_action
from tests.experience.legacy import API_KEY, RECIPE, Legacy, legacy_service

FIRST_FACTOR = ActionType.POST_FIRST_FACTOR
SIGN_IN = ActionType.POST_SIGN_IN


def install(body: str, kind: ActionType = FIRST_FACTOR, **value: Any) -> None:
    """Make a script the tenant's Action; `body` may also be a whole script."""
    script = (
        body if "runAction" in body else f"const runAction = async ({{ event, environmentVariables }}) => {{ {body} }};"
    )
    put_action(kind, {"script": script, **value}, actor=SYSTEM)


def runs() -> list[dict[str, Any]]:
    """What the audit log has of runs of Actions, oldest first."""
    return list(
        AuditLog.objects.filter(key__startswith="Action.")
        .order_by("created_at", "id")
        .values_list("payload", flat=True)
    )


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other sign-ins have every process that runs scripts."""

    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise SandboxBusyError

    monkeypatch.setattr(Pool, "run", refuse)


@pytest.fixture
def legacy() -> Iterator[Legacy]:
    """The other system, with Bob in it."""
    with legacy_service() as service:
        service.users["bobby"] = {"password": "old password", "name": "Bob", "email": "bob@example.com", "plan": "gold"}
        yield service


@pytest.fixture
def migrating(tenant: Any, legacy: Legacy) -> Legacy:
    """The recipe of the guide is the tenant's Action."""
    install(
        RECIPE,
        environmentVariables={"LEGACY_URL": f"{legacy.url}/login", "LEGACY_KEY": API_KEY},
        allowedHosts=[legacy.host],
    )
    return legacy
