"""People of tenant `default`, mallory of tenant `acme`, and the messages that would have been sent."""

from typing import Any

import pytest

from access.models import Role
from common.errors import AppError
from identity.services import codes
from tenants.models import Tenant


@pytest.fixture
def viewer(tenant: Tenant) -> Role:
    return Role.objects.create(name="viewer", description="May look")


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was handed over for delivery; there is a connector for email alone."""
    sent: list[dict[str, Any]] = []

    def send(**message: Any) -> None:
        if message["channel"] != "email":
            raise AppError("connector.not_found", status=501)
        sent.append(message)

    def withhold(**message: Any) -> None:
        if message["channel"] != "email":
            raise AppError("connector.not_found", status=501, data={"type": "Sms"})

    monkeypatch.setattr(codes, "send_message", send)
    monkeypatch.setattr(codes, "withhold_message", withhold)
    return sent
