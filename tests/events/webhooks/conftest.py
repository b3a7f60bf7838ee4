"""A sink, and a webhook that leads to it."""

from collections.abc import Iterator

import pytest

from common.actors import SYSTEM
from events.webhooks import waking
from events.webhooks.models import Hook
from events.webhooks.services import create_hook
from tenants.models import Tenant
from tests.sink import Sink, running_sink


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


real_wake = waking.wake


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tenants for which somebody was asked to deliver; nobody does, but for the tests themselves."""
    tenants: list[str] = []
    monkeypatch.setattr(waking, "wake", tenants.append)
    return tenants


@pytest.fixture
def hook(tenant: Tenant, sink: Sink) -> Hook:
    """It is told of new organizations and roles."""
    events = ["Organization.Created", "Role.Created"]
    return create_hook(name="Orders", events=events, config={"url": sink.url}, actor=SYSTEM)
