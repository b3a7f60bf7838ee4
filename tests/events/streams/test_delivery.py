"""Every entry is sent at least once, by one worker at a time, and a destination that fails is left alone for longer."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings

from common.actors import SYSTEM, Actor
from common.errors import AppError
from common.http import OutboundRequestError, Response
from config import celery_app
from events.models import AuditLog, LogStream
from events.streams import delivery, waking
from events.streams.batches import Entry
from events.streams.delivery import deliver_stream, list_due_streams
from events.streams.formats import encode
from events.streams.services import create_stream, delete_stream, resume_stream, send_test_entry, update_stream
from events.tasks import deliver_log_stream, wake_log_streams
from organizations.services.organizations import create_organization, update_organization
from tenants.context import enter_tenant
from tenants.models import Tenant

pytestmark = pytest.mark.django_db

CAROL = Actor.developer("carol")
AT = datetime(2031, 5, 17, 12, 0, tzinfo=UTC)
CONFIG = {"url": "https://logs.example.com/in", "headers": {"Authorization": "Bearer s3cret"}}


def entry(number: int) -> Entry:
    payload = {"key": "Test", "result": "Success", "ip": "192.0.2.1", "n": number}
    return Entry(10 + number, f"entry{number}", "Test", payload, AT)


class Destination:
    """What answers in place of a collector: with `status`, and what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.sent: list[tuple[str, dict[str, str], bytes]] = []
        self.error: Exception | None = None

    def fetch(self, method: str, url: str, *, headers: dict[str, str], content: bytes, **options: Any) -> Response:
        if self.error:
            raise self.error
        self.sent.append((url, headers, content))
        return Response(self.status, self.headers, b"")

    @property
    def ids(self) -> list[str]:
        return [json.loads(line)["id"] for _, _, content in self.sent for line in content.splitlines()]


@pytest.fixture
def destination(monkeypatch: pytest.MonkeyPatch) -> Destination:
    made = Destination()
    monkeypatch.setattr(delivery, "fetch", made.fetch)
    return made


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """What has not been sent: two at a time. `test_batches` shows which these are."""
    entries = [entry(number) for number in range(5)]

    def read(stream: LogStream) -> list[Entry]:
        return [each for each in entries if (each.position, each.id) > (stream.position, stream.position_id)][:2]

    monkeypatch.setattr(delivery, "next_batch", read)
    return entries


@pytest.fixture
def stream(tenant: Tenant) -> Iterator[LogStream]:
    with time_machine.travel(AT, tick=False):
        made = create_stream(name="Collector", kind="Http", config=CONFIG, actor=CAROL)
        LogStream.objects.update(position=0)
        yield made


def fresh() -> LogStream:
    return LogStream.objects.get()


def test_everything_is_sent_in_batches_with_the_header(
    stream: LogStream, destination: Destination, waiting: list[Entry]
) -> None:
    assert deliver_stream(stream.id) == 5
    assert destination.ids == [f"entry{number}" for number in range(5)]
    assert [content.count(b"\n") for _, _, content in destination.sent] == [2, 2, 1]
    url, headers, content = destination.sent[0]
    assert url == "https://logs.example.com/in"
    assert headers["authorization"] == "Bearer s3cret"
    assert headers["content-type"] == "application/x-ndjson"
    assert json.loads(content.splitlines()[0]) == {
        "tenantId": "default",
        "id": "entry0",
        "key": "Test",
        "payload": {"key": "Test", "result": "Success", "ip": "192.0.2.1", "n": 0},
        "createdAt": 1936785600000,
    }
    after = fresh()
    assert (after.sent_count, after.position, after.position_id, after.leased_until) == (5, 14, "entry4", None)
    assert deliver_stream(stream.id) == 0


def test_what_a_worker_had_sent_when_it_was_killed_is_sent_again(
    stream: LogStream, destination: Destination, waiting: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*arguments: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_move_on", die)
        with pytest.raises(KeyboardInterrupt):
            deliver_stream(stream.id)
    assert destination.ids == ["entry0", "entry1"]
    assert deliver_stream(stream.id) == 0  # its lease
    assert list_due_streams() == []
    with time_machine.travel(AT + timedelta(minutes=2), tick=False):
        assert list_due_streams() == [("default", stream.id)]
        assert deliver_stream(stream.id) == 5
    assert destination.ids[2:4] == ["entry0", "entry1"]


def test_a_worker_whose_lease_has_ended_does_not_move_the_stream_back(
    stream: LogStream, destination: Destination, waiting: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = destination.fetch

    def be_overtaken(*arguments: Any, **options: Any) -> Response:
        LogStream.objects.update(leased_by="another", position=14, position_id="entry4")
        return fetch(*arguments, **options)

    monkeypatch.setattr(delivery, "fetch", be_overtaken)
    assert deliver_stream(stream.id) == 0
    after = fresh()
    assert (after.position, after.position_id, after.leased_by) == (14, "entry4", "another")


def test_a_failure_is_shown_and_tried_again_later(
    stream: LogStream, destination: Destination, waiting: list[Entry]
) -> None:
    destination.status, destination.headers = 503, {"retry-after": "120"}
    assert deliver_stream(stream.id) == 0
    after = fresh()
    assert (after.failures, after.error) == (1, "the destination answered 503")
    assert after.due_at is not None
    assert after.due_at >= AT + timedelta(seconds=120)
    assert deliver_stream(stream.id) == 0
    assert len(destination.sent) == 1
    destination.status = 200
    with time_machine.travel(AT + timedelta(minutes=5), tick=False):
        assert deliver_stream(stream.id) == 5
    assert (fresh().failures, fresh().error) == (0, "")


def test_after_a_day_of_failures_it_is_paused_until_somebody_resumes_it(
    stream: LogStream, destination: Destination, waiting: list[Entry]
) -> None:
    destination.error = OutboundRequestError("cannot resolve logs.example.com")
    moment = AT
    for _ in range(20):
        with time_machine.travel(moment, tick=False):
            deliver_stream(stream.id)
        if fresh().paused_at:
            break
        moment = fresh().due_at or moment
    assert timedelta(days=1) < moment - AT < timedelta(days=2)
    entry_of_pause = AuditLog.objects.get(key="LogStream.Paused").payload
    assert entry_of_pause["error"] == "cannot resolve logs.example.com"
    assert list_due_streams() == []
    destination.error = None
    resumed = resume_stream(fresh(), actor=CAROL)
    assert (resumed.paused_at, resumed.error) == (None, "")
    assert deliver_stream(stream.id) == 5
    assert AuditLog.objects.filter(key="LogStream.Resumed").count() == 1


def test_beat_looks_after_every_tenants_streams(
    stream: LogStream, destination: Destination, waiting: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking.threads, "start", lambda _key, work: work())
    with enter_tenant("acme"):
        create_stream(name="Theirs", kind="Http", config={"url": "https://logs.example.org"}, actor=SYSTEM)
        LogStream.objects.update(position=0)
    wake_log_streams()
    assert {url for url, _, _ in destination.sent} == {"https://logs.example.com/in", "https://logs.example.org"}
    tenants = {json.loads(content.splitlines()[0])["tenantId"] for _, _, content in destination.sent}
    assert tenants == {"default", "acme"}


def test_whoever_is_sending_stops_when_the_address_changes(
    stream: LogStream, destination: Destination, waiting: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For half a minute more, batches went to the address that somebody had just taken away."""
    fetch, elsewhere = destination.fetch, {"url": "https://logs.example.org/in"}

    def be_changed(*arguments: Any, **options: Any) -> Response:
        monkeypatch.setattr(delivery, "fetch", fetch)
        update_stream(fresh(), {"config": elsewhere}, actor=CAROL)
        return fetch(*arguments, **options)

    monkeypatch.setattr(delivery, "fetch", be_changed)
    assert deliver_stream(stream.id) == 0
    assert [url for url, _, _ in destination.sent] == [CONFIG["url"]]
    assert deliver_stream(stream.id) == 5
    assert {url for url, _, _ in destination.sent[1:]} == {elsewhere["url"]}


def test_what_nobody_works_on_does_not_pile_up(
    stream: LogStream, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    """While the workers stood still, beat left a task every five seconds for every stream of every tenant."""
    asked: list[tuple[str, list[str], int]] = []
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(
        celery_app, "send_task", lambda name, arguments, expires: asked.append((name, arguments, expires))
    )
    wake_log_streams()
    [(name, arguments, expires)] = asked
    assert (name, arguments) == (deliver_log_stream.name, ["default", stream.id])
    assert 0 < expires <= 60


def test_without_a_queue_beat_waits_for_no_collector(stream: LogStream, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collector that answers nothing held beat for 20 seconds, and with it whatever else was due."""
    may_answer, has_ended = Event(), Event()

    def hang(_stream_id: str) -> None:
        assert may_answer.wait(30)
        has_ended.set()

    monkeypatch.setattr(waking, "deliver_stream", hang)
    wake_log_streams()
    assert not has_ended.is_set()
    may_answer.set()
    assert has_ended.wait(30)


def test_a_stream_that_is_off_or_gone_gets_nothing(
    stream: LogStream, destination: Destination, waiting: list[Entry]
) -> None:
    update_stream(stream, {"enabled": False}, actor=CAROL)
    assert deliver_stream(stream.id) == 0
    delete_stream(stream, actor=CAROL)
    assert deliver_stream(stream.id) == 0
    assert destination.sent == []


def test_open_telemetry(stream: LogStream, destination: Destination, waiting: list[Entry]) -> None:
    delete_stream(stream, actor=CAROL)
    waiting[:] = [
        Entry(
            10,
            "entry0",
            "ExchangeTokenBy.RefreshToken",
            {
                "result": "Error",
                "error": {"code": "oidc.invalid_grant"},
                "userId": "alice",
                "n": 3,
                "list": [True, 0.5],
            },
            AT,
        )
    ]
    stream = create_stream(name="Otel", kind="OpenTelemetry", config=CONFIG, actor=CAROL)
    LogStream.objects.update(position=0)
    assert deliver_stream(stream.id) == 1
    _, headers, content = destination.sent[0]
    assert headers["content-type"] == "application/json"
    [resource] = json.loads(content)["resourceLogs"]
    assert {"key": "service.name", "value": {"stringValue": "gatehouse"}} in resource["resource"]["attributes"]
    [record] = resource["scopeLogs"][0]["logRecords"]
    assert record["timeUnixNano"] == "1936785600000000000"
    assert (record["severityNumber"], record["eventName"]) == (13, "ExchangeTokenBy.RefreshToken")
    attributes = {each["key"]: each["value"]["stringValue"] for each in record["attributes"]}
    assert attributes == {
        "log.record.uid": "entry0",
        "event.outcome": "failure",
        "user.id": "alice",
        "error.type": "oidc.invalid_grant",
    }
    body = {each["key"]: each["value"] for each in record["body"]["kvlistValue"]["values"]}
    assert body["n"] == {"intValue": "3"}
    assert body["list"] == {"arrayValue": {"values": [{"boolValue": True}, {"doubleValue": 0.5}]}}


def test_a_number_of_any_size_is_taken(stream: LogStream) -> None:
    """A collector refuses a batch with an integer beyond 64 bits, again and again, and the stream ended there."""
    organization = create_organization(name="Acme", actor=CAROL)
    update_organization(organization, custom_data={"large": 2**63, "small": -(2**63)}, actor=CAROL)
    payload = AuditLog.objects.get(key="Organization.Data.Updated").payload
    _type, content = encode("OpenTelemetry", CONFIG, [Entry(10, "entry0", "Test", payload, AT)])
    assert f'{{"key":"large","value":{{"stringValue":"{2**63}"}}}}'.encode() in content
    assert f'{{"key":"small","value":{{"intValue":"-{2**63}"}}}}'.encode() in content


def test_keys_are_sealed_and_do_not_follow_another_address(stream: LogStream, destination: Destination) -> None:
    """Whoever may change a stream must not get to see the key by naming an address of their own."""
    assert b"s3cret" not in bytes(fresh().sealed_config)
    assert "s3cret" not in str(list(AuditLog.objects.values("payload")))
    masked = {"url": "https://logs.example.com/in", "headers": {"Authorization": "******"}}
    send_test_entry("Http", masked, stored=stream)
    assert destination.sent[0][1]["authorization"] == "Bearer s3cret"
    elsewhere = masked | {"url": "https://mallory.example.com"}
    for call in (
        lambda: update_stream(stream, {"config": elsewhere}, actor=CAROL),
        lambda: send_test_entry("Http", elsewhere, stored=stream),
    ):
        with pytest.raises(AppError, match="guard.invalid_input"):
            call()
    assert len(destination.sent) == 1


def test_a_test_says_what_went_wrong(stream: LogStream, destination: Destination) -> None:
    destination.status = 401
    with pytest.raises(AppError, match="log.stream_test_failed") as refused:
        send_test_entry("Http", CONFIG)
    assert refused.value.details == "the destination answered 401"
    assert fresh().failures == 0


def test_there_are_five_at_most(stream: LogStream) -> None:
    for number in range(4):
        create_stream(name=f"Number {number}", kind="Http", config=CONFIG, actor=CAROL)
    with pytest.raises(AppError, match="log.too_many_streams"):
        create_stream(name="One more", kind="Http", config=CONFIG, actor=CAROL)
