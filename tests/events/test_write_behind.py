"""Audit entries that are written a moment later are written once, for the right tenant, and before the process ends."""

from typing import Any

import pytest
from django.db import OperationalError

from common.actors import SYSTEM
from events import write_behind
from events.background_writer import BackgroundWriter
from events.models import AuditLog
from events.write_behind import record_later, write_waiting
from tenants.context import all_tenants_scope, enter_tenant
from tenants.models import Tenant
from tenants.services.tenants import delete_tenant

pytestmark = pytest.mark.django_db

KEY = "ExchangeTokenBy.ClientCredentials"


@pytest.fixture
def delayed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries wait; the test writes them itself, in its own transaction."""
    settings.AUDIT_DELAY = 60
    monkeypatch.setattr(write_behind._writer, "start", lambda: None)


def _counts() -> dict[str, int]:
    with all_tenants_scope():
        tenants = list(AuditLog.all_tenants.filter(key=KEY).values_list("tenant_id", flat=True))
    return {tenant: tenants.count(tenant) for tenant in set(tenants)}


def test_entries_wait_and_are_written_once(delayed: None, tenant: Tenant) -> None:
    for _ in range(123):
        record_later(KEY, application_id="app", params={"scope": "read"})
    assert _counts() == {}
    write_waiting()
    write_waiting()
    assert _counts() == {"default": 123}


def test_every_entry_is_its_tenants(delayed: None, tenants: dict[str, Tenant]) -> None:
    for tenant_id in ("acme", "default", "acme"):
        with enter_tenant(tenant_id):
            record_later(KEY, application_id=tenant_id)
    write_waiting()
    assert _counts() == {"acme": 2, "default": 1}
    with enter_tenant("acme"):
        assert {entry.application_id for entry in AuditLog.objects.filter(key=KEY)} == {"acme"}


def test_what_the_database_did_not_take_waits_on(
    delayed: None, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_later(KEY, application_id="app")

    def refuse(rows: Any) -> None:
        raise OperationalError("the server is gone")

    with monkeypatch.context() as patched:
        patched.setattr(write_behind, "insert_rows", refuse)
        with pytest.raises(OperationalError):
            write_waiting()
    write_waiting()
    assert _counts() == {"default": 1}


def test_a_full_queue_makes_the_request_write_itself(
    delayed: None, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_behind, "_MOST_WAITING", 1)
    record_later(KEY, application_id="first")
    record_later(KEY, application_id="second")
    assert [entry.application_id for entry in AuditLog.objects.filter(key=KEY)] == ["second"]


@pytest.mark.django_db(transaction=True)
def test_a_deleted_tenants_entries_are_dropped(delayed: None, tenants: dict[str, Tenant]) -> None:
    for tenant_id in ("acme", "default"):
        with enter_tenant(tenant_id):
            record_later(KEY, application_id=tenant_id)
    delete_tenant(tenants["acme"], actor=SYSTEM)
    write_waiting()
    assert _counts() == {"default": 1}


@pytest.mark.django_db(transaction=True)
def test_the_writer_writes_by_itself(settings: Any, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AUDIT_DELAY = 0.01
    writer = BackgroundWriter("audit entries", write_waiting, delay=lambda: 0.01, retry_after=1)
    monkeypatch.setattr(write_behind, "_writer", writer)
    record_later(KEY, application_id="app")
    thread = writer._thread
    assert thread is not None
    try:
        for _ in range(500):
            if _counts():
                break
            thread.join(0.01)
        assert _counts() == {"default": 1}
    finally:
        writer.finish()
    assert not thread.is_alive()
