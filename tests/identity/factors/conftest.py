"""A connector for email, and what it was given to send."""

from typing import Any

import pytest

from identity import security_notifications


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was handed over for delivery."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(security_notifications, "has_connector", lambda channel: channel == "email")
    monkeypatch.setattr(security_notifications, "send_message", lambda **message: sent.append(message))
    return sent
