"""People of tenant `default`, mallory of tenant `acme`, and the messages that would have been sent."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from access.models import Role
from common.errors import AppError
from identity.services import codes
from tenants.context import enter_tenant
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

    monkeypatch.setattr(codes, "send_message", send)
    monkeypatch.setattr(codes, "has_connector", lambda channel: channel == "email")
    return sent


def outcome(call: Callable[[], Any]) -> str:
    """The code a call fails with, or `ok`."""
    try:
        call()
    except AppError as error:
        return error.code
    return "ok"


def at_once(calls: Sequence[Callable[[], Any]], tenant_id: str = "default") -> list[str]:
    """Run the calls in threads that start together, each as the tenant; return how each ended."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> str:
        try:
            with enter_tenant(tenant_id):
                connection.ensure_connection()
                barrier.wait()
                return outcome(call)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
