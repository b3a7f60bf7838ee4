"""No entry is left out, however transactions overlap, and none is lost by a restore into another database."""

import json
import threading
import time
from collections.abc import Callable, Sequence

import pytest
from django.db import connection, transaction

from common.actors import SYSTEM
from events.history import record
from events.models import AuditLog, LogStream
from events.streams import batches
from events.streams.batches import Entry, begin_again, current_place, next_batch
from events.streams.services import create_stream
from tenants.context import enter_tenant
from tenants.models import Tenant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stream(tenant: Tenant) -> LogStream:
    create_stream(name="Collector", kind="Http", config={"url": "https://logs.example.com"}, actor=SYSTEM)
    stream = LogStream.objects.get()
    # A transaction of anybody in the cluster holds the entry up: it would come in the middle of a test.
    assert read_until(stream, ["LogStream.Created"]) == ["LogStream.Created"]
    return stream


def read(stream: LogStream) -> list[str]:
    """The keys that come next, and the stream moves past them."""
    keys = []
    while batch := next_batch(stream):
        keys += [entry.key for entry in batch]
        stream.position, stream.position_id = batch[-1].position, batch[-1].id
    return keys


def read_until(stream: LogStream, wanted: list[str]) -> list[str]:
    """What comes next, once it is as much as is wanted: who makes or drops a database meanwhile holds it up."""
    keys, given_up_at = read(stream), time.monotonic() + 60
    while len(keys) < len(wanted) and time.monotonic() < given_up_at:
        keys += read(stream)
    return keys


def in_thread(work: Callable[[], object]) -> None:
    def run() -> None:
        with enter_tenant("default"):
            work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_what_commits_late_comes_late_and_holds_up_what_was_written_after_it(stream: LogStream) -> None:
    """The slow transaction writes first and commits last. Who read up to the fast one's entry would never see it."""
    seen: list[list[str]] = []
    with transaction.atomic():
        record("Test.slow")
        in_thread(lambda: record("Test.fast"))
        in_thread(lambda: seen.append(read(LogStream.objects.get(id=stream.id))))
    assert "Test.fast" not in seen[0]
    assert "Test.slow" not in seen[0]
    assert read_until(stream, ["Test.slow", "Test.fast"]) == ["Test.slow", "Test.fast"]
    assert read(stream) == []


def test_a_transaction_that_writes_late_is_not_passed_by(stream: LogStream) -> None:
    """It has its number from its first write; its entry comes when others with higher numbers are sent already."""
    with transaction.atomic():
        record("Test.first")
        in_thread(lambda: record("Test.other"))
        in_thread(lambda: read(LogStream.objects.get(id=stream.id)))
        record("Test.last")
    written = ["Test.first", "Test.last", "Test.other"]
    assert sorted(read_until(stream, written)) == written


def test_one_transaction_of_many_entries_comes_in_parts(stream: LogStream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_ENTRIES", 3)
    with transaction.atomic():
        for number in range(8):
            record(f"Test.{number}")
    entry = len(json.dumps(AuditLog.objects.get(key="Test.0").payload))
    monkeypatch.setattr(batches, "MAX_BYTES", 3 * entry - 1)
    sizes: list[int] = []

    def counted(stream: LogStream) -> Sequence[Entry]:
        batch = batches.next_batch(stream)
        sizes.append(len(batch))
        return batch

    monkeypatch.setitem(globals(), "next_batch", counted)
    written = [f"Test.{number}" for number in range(8)]
    assert sorted(read_until(stream, written)) == written
    assert max(sizes) == 2


def test_a_stream_is_of_its_tenant_alone(stream: LogStream) -> None:
    with enter_tenant("acme"):
        record("Test.acme")
    record("Test.default")
    assert read_until(stream, ["Test.default"]) == ["Test.default"]


def test_after_a_restore_into_another_database_what_was_not_sent_comes(stream: LogStream) -> None:
    """There numbers begin again: what was restored has higher ones than what is written."""
    record("Test.restored")
    ahead = current_place().position + 1_000_000
    AuditLog.objects.update(transaction_id=ahead)
    LogStream.objects.update(position=ahead - 1, database_id="another")
    record("Test.new")
    stream = LogStream.objects.get(id=stream.id)
    assert read(LogStream.objects.get(id=stream.id)) == []
    begin_again(stream, current_place())
    written = AuditLog.objects.values_list("key", flat=True)
    keys = read_until(LogStream.objects.get(id=stream.id), list(written))
    assert {"Test.restored", "Test.new"} <= set(keys)
    assert keys[-1] == "Test.new"
