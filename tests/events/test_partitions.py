"""The audit log by months: made ahead and dropped, with a place for every entry, and no way past the table."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, OperationalError, connection, transaction

from events import partitions
from events.history import record
from events.models import AuditLog
from events.partitions import drop_partitions_before, ensure_partitions, list_partitions
from tenants.context import all_tenants_scope, enter_tenant, owner_scope
from tenants.isolation import ensure_isolation
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


def moment(year: int, month: int, day: int = 1) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def record_at(at: datetime, key: str = "Test") -> None:
    with time_machine.travel(at, tick=False):
        record(key)


def check_references_now() -> None:
    """What the test has written waits for its references to be checked; a partition cannot be dropped meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def places() -> dict[str, str]:
    """In which partition each of the test's entries lies, by key."""
    with owner_scope(), all_tenants_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT key, tableoid::regclass::text FROM events_auditlog WHERE key LIKE 'Test%'")
        return dict(cursor.fetchall())


def is_whole() -> bool:
    """Whether the partitions follow each other from the beginning of time to its end."""
    found = list_partitions()
    meet = all(one.end == following.start for one, following in zip(found, found[1:], strict=False))
    return meet and found[0].start is None and found[-1].end is None


@pytest.fixture
def in_2031() -> Iterator[None]:
    with time_machine.travel(moment(2031, 12, 17), tick=False):
        yield


def test_migrate_makes_months_ahead(tenant: Tenant) -> None:
    names = [partition.name for partition in list_partitions()]
    assert names[0] == "events_auditlog_earlier"
    assert names[-1] == "events_auditlog_later"
    assert len(names) >= 4
    assert is_whole()
    record("Test")
    assert places()["Test"] in names[1:-1]


def test_an_entry_has_a_place_whenever_it_is_from(tenant: Tenant) -> None:
    record_at(moment(1999, 1), "Test.old")
    record_at(moment(2150, 1), "Test.new")
    assert places() == {"Test.old": "events_auditlog_earlier", "Test.new": "events_auditlog_later"}


def test_months_are_made_once_and_take_what_waited_for_them(tenant: Tenant, in_2031: None) -> None:
    for key, at in (("Test.now", moment(2031, 12, 31)), ("Test.next", moment(2032, 2)), ("Test.far", moment(2040, 1))):
        record_at(at, key)
    check_references_now()
    made = ensure_partitions()
    assert made[-3:] == ["events_auditlog_2031_12", "events_auditlog_2032_01", "events_auditlog_2032_02"]
    assert is_whole()
    assert places() == {
        "Test.now": "events_auditlog_2031_12",
        "Test.next": "events_auditlog_2032_02",
        "Test.far": "events_auditlog_later",
    }
    assert ensure_partitions() == []


def test_months_that_are_over_are_dropped_and_leave_no_gap(tenant: Tenant, in_2031: None) -> None:
    record_at(moment(1999, 1), "Test.first")
    check_references_now()
    ensure_partitions()
    for key, at in (("Test.old", moment(2031, 9)), ("Test.older", moment(2031, 8)), ("Test.new", moment(2031, 10))):
        record_at(at, key)
    check_references_now()
    dropped = drop_partitions_before(moment(2031, 10, 15))
    assert dropped[0] == "events_auditlog_earlier"
    assert dropped[-2:] == ["events_auditlog_2031_08", "events_auditlog_2031_09"]
    assert places() == {"Test.new": "events_auditlog_2031_10"}
    assert is_whole()
    assert drop_partitions_before(moment(2031, 10, 15)) == []
    record_at(moment(2031, 9), "Test.again")
    assert places()["Test.again"] == "events_auditlog_earlier"


def test_no_role_reads_or_writes_a_partition_by_its_name(tenants: dict[str, Tenant]) -> None:
    """Row security is the table's. A partition by its name would show every tenant's entries."""
    with enter_tenant("acme"):
        record("Test")
    ensure_isolation()
    names = [partition.name for partition in list_partitions()]
    for scope in (enter_tenant("default"), all_tenants_scope()):
        with scope:
            for name in names:
                for statement in (f"SELECT FROM {name}", f"DELETE FROM {name}"):
                    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                        connection.cursor().execute(statement)


def test_a_new_month_is_closed_as_well(tenant: Tenant, in_2031: None) -> None:
    check_references_now()
    ensure_partitions()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT FROM events_auditlog_2032_01")


@pytest.mark.django_db(transaction=True)
def test_somebody_who_reads_for_long_keeps_neither_migrate_nor_others_waiting(
    tenant: Tenant, in_2031: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for the table's lock makes everybody wait who comes after."""
    monkeypatch.setattr(partitions, "_LOCK", partitions._LOCK.replace("2s", "1ms"))
    before = list_partitions()
    outcomes: list[str] = []

    def run() -> None:
        with pytest.raises(OperationalError, match="lock timeout"):
            ensure_partitions()
        partitions.ensure_partitions_if_free()
        outcomes.append("ended")
        connection.close()

    with transaction.atomic():
        AuditLog.objects.count()
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert outcomes == ["ended"]
    assert list_partitions() == before


def plan(rows: Any) -> str:
    with enter_tenant("default"):
        return str(rows.explain(analyze=True))


def test_a_page_of_the_newest_reads_one_month(tenant: Tenant, in_2031: None) -> None:
    check_references_now()
    ensure_partitions()
    for day in range(1, 29):
        record_at(moment(2031, 12, day))
        record_at(moment(2031, 11, day))
    read = plan(AuditLog.objects.order_by("-created_at", "id")[:20])
    assert "Merge Append" not in read
    december = read.partition("events_auditlog_2031_12")[2]
    assert "(never executed)" not in december.partition("->")[0]
    assert "(never executed)" in december.partition("events_auditlog_2031_11")[2].partition("->")[0]
