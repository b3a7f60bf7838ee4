"""The configuration's stamp is trusted for a moment, and a write waits as long: nobody sees the old state after it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from common.actors import SYSTEM
from tenants import configuration
from tenants.models import Tenant
from tenants.services.tenants import set_tenant_suspended, update_tenant

pytestmark = pytest.mark.django_db

LEASE = 5.0


class Clock:
    """Time that passes only when somebody sleeps: a slow machine does not end a lease."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def lease(settings: Any, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A lease of five seconds that begins anew, and the clock that it is measured by."""
    configuration.settle()
    settings.CONFIGURATION_LEASE = LEASE
    clock = Clock()
    monkeypatch.setattr(configuration, "time", clock)
    return clock


def _written_elsewhere() -> None:
    """Another process's write: this one hears nothing of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tenants_tenant SET configuration_version = configuration_version + 1 WHERE id = 'default'"
        )


def test_within_the_lease_the_stamp_is_not_read_again(lease: Clock, client: Client, settings: Any) -> None:
    settings.CONFIGURATION_LEASE = 60
    client.get("/oidc/jwks")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/oidc/jwks").status_code == 200
    assert [query["sql"] for query in queries] == []


def test_after_the_lease_it_is(lease: Clock) -> None:
    before = configuration.leased_version("default")
    _written_elsewhere()
    assert configuration.leased_version("default") == before
    lease.sleep(LEASE)
    assert configuration.leased_version("default") == (before or 0) + 1


def test_the_lease_counts_from_before_the_read(lease: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow read must not lengthen the time for which its result is trusted."""
    read = configuration.read_version

    def slowly(tenant_id: str) -> int | None:
        version = read(tenant_id)
        lease.sleep(LEASE)
        return version

    monkeypatch.setattr(configuration, "read_version", slowly)
    before = configuration.leased_version("default")
    _written_elsewhere()
    assert configuration.leased_version("default") == (before or 0) + 1


def test_a_write_waits_for_the_leases_of_other_processes(lease: Clock) -> None:
    Application.objects.create(name="new", type="SPA")
    began = lease.monotonic()
    configuration.settle()
    assert lease.monotonic() - began == LEASE


def test_only_a_write_of_configuration_waits(lease: Clock) -> None:
    configuration.settle()
    began = lease.monotonic()
    configuration.settle()
    assert lease.monotonic() == began


def test_bulk_writes_and_writes_of_the_tenant_itself_wait_too(lease: Clock, tenant: Tenant, tenants: Any) -> None:
    for write in (
        lambda: Application.objects.update(name="renamed"),
        lambda: Application.objects.all().delete(),
        lambda: update_tenant(tenant, name="renamed", actor=SYSTEM),
        lambda: set_tenant_suspended(tenants["acme"], suspended=True, actor=SYSTEM),
    ):
        configuration.settle()
        write()
        began = lease.monotonic()
        configuration.settle()
        assert lease.monotonic() - began == LEASE


def test_this_process_sees_its_own_writes_at_once(lease: Clock, tenants: dict[str, Tenant]) -> None:
    assert configuration.leased_version("acme") is not None
    set_tenant_suspended(tenants["acme"], suspended=True, actor=SYSTEM)
    assert configuration.leased_version("acme") is None


def test_a_request_that_writes_is_answered_after_the_wait(lease: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[bool] = []
    monkeypatch.setattr("tenants.middleware.settle", lambda: waits.append(True))
    assert Client(HTTP_HOST="localhost:8000").get("/oidc/jwks").status_code == 200
    assert waits == [True]
