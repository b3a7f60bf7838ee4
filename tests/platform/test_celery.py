"""The Celery application, its worker, its schedule, and what readiness knows of it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import psycopg
import pytest
from celery import signals, states
from celery.app import app_or_default
from celery.contrib.testing.worker import start_worker
from celery.fixups.django import DjangoWorkerFixup  # type: ignore[attr-defined]  # the stubs lack it
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from common import clock
from common.models import Heartbeat
from common.scheduler import SILENT_AFTER, find_silence
from config import celery_app
from config.beat import Scheduler
from connectors.failures import FailureKind
from connectors.tasks import deliver_message
from events.tasks import deliver_log_stream, deliver_webhooks
from identity.models import User
from oidc.backchannel_logout.tasks import send_logout_token
from tenants import shares
from tenants.context import enter_tenant, find_current_tenant_id
from tenants.models import Tenant

ROOT = Path(__file__).resolve().parents[2]


def test_tasks_of_every_room_bind_to_our_application() -> None:
    assert app_or_default() is celery_app


def test_every_scheduled_task_exists() -> None:
    celery_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(celery_app.tasks)


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Scheduler]:
    celery_app.loader.import_default_modules()
    scheduler = Scheduler(celery_app, schedule_filename=str(tmp_path / "schedule"))
    yield scheduler
    scheduler.close()


@pytest.fixture
def in_process(settings: Any) -> Iterator[None]:
    """Without Redis: what is due runs in beat."""
    before, celery_app.conf.task_always_eager = celery_app.conf.task_always_eager, True
    yield
    celery_app.conf.task_always_eager = before


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("in_process")
def test_beat_goes_on_after_the_database_was_restarted(scheduler: Scheduler) -> None:
    """Beat kept its broken connection: every task that was due failed for ever, while `/readyz` said ok."""
    due = scheduler.schedule["identity: clean up attempts"]
    assert scheduler.apply_async(due).state == states.SUCCESS
    end_connection()
    scheduler.apply_async(due)
    assert scheduler.apply_async(due).state == states.SUCCESS


def end_connection() -> None:
    """Do to this thread's connection what a restart does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def readiness(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


@pytest.mark.django_db
def test_readiness_says_whether_the_scheduler_is_silent(client: Client, settings: Any) -> None:
    status, told = readiness(client)
    assert (status, told["scheduler"], told["schedulerSilence"]) == (200, "silent", None)
    Heartbeat.objects.create(name="scheduler", beat_at=clock.now())
    status, told = readiness(client)
    assert (status, told["scheduler"]) == (200, "ok")
    Heartbeat.objects.update(beat_at=clock.now() - timedelta(seconds=SILENT_AFTER + 1))
    status, told = readiness(client)
    assert (status, told["scheduler"]) == (200, "silent")
    assert told["schedulerSilence"] > SILENT_AFTER
    settings.READINESS_REQUIRES_SCHEDULER = True
    status, told = readiness(client)
    assert (status, told["status"]) == (503, "not ready")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("in_process")
def test_the_schedule_leaves_a_heartbeat_well_within_its_bound(scheduler: Scheduler) -> None:
    for _ in range(2):
        assert scheduler.apply_async(scheduler.schedule["common: heartbeat"]).state == states.SUCCESS
    silence = find_silence()
    assert silence is not None
    assert silence < SILENT_AFTER
    every = django_settings.CELERY_BEAT_SCHEDULE["common: heartbeat"]["schedule"]
    assert isinstance(every, float)
    assert every * 3 < SILENT_AFTER


STARTED_BEAT = """
from config import celery_app
from django.apps import apps
celery_app.Beat(quiet=True).init_loader()
print(apps.ready)
"""


@pytest.mark.parametrize(("redis", "loads"), [("redis://redis.test:6379/0", "False"), ("", "True")])
def test_beat_loads_the_applications_only_to_run_tasks_itself(redis: str, loads: str) -> None:
    """Next to workers it sends names; loading every room to do so took as much memory as a web process."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.development", "REDIS_URL": redis}
    command = [sys.executable, "-c", STARTED_BEAT]
    told = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    assert told.stdout.strip() == loads


@contextmanager
def running_worker() -> Iterator[None]:
    """A queue and a worker in this process, with the pool that the settings ask for."""
    before, celery_app.conf.task_always_eager = celery_app.conf.task_always_eager, False
    fixup = DjangoWorkerFixup(celery_app).install()
    try:
        with start_worker(celery_app, pool=celery_app.conf.worker_pool, concurrency=2, perform_ping_check=False):
            yield
    finally:
        signals.task_prerun.disconnect(fixup.on_task_prerun)
        signals.task_postrun.disconnect(fixup.on_task_postrun)
        celery_app.conf.task_always_eager = before


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who found no place comes back soon, however often."""
    monkeypatch.setattr(shares, "_LONGEST_WAIT", 0.5)


@pytest.mark.django_db(transaction=True)
def test_a_message_waits_for_nobodys_endpoint(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, short_waits: None
) -> None:
    """Slow receivers of webhooks, log streams and logout tokens kept every thread: sign-in codes waited for them."""
    may_answer, was_sent = threading.Event(), threading.Event()
    waiting: SimpleQueue[str] = SimpleQueue()

    def hang(*_arguments: Any, **_options: Any) -> bool:
        waiting.put(threading.current_thread().name)
        return not may_answer.wait(30)

    for slow in ("events.tasks.deliver_waiting", "events.tasks.deliver_stream"):
        monkeypatch.setattr(slow, hang)
    monkeypatch.setattr("oidc.backchannel_logout.tasks.deliver_logout", hang)
    monkeypatch.setattr("connectors.tasks.deliver", lambda _sealed: was_sent.set())
    places = django_settings.WORKER_LANES["deliveries"]
    try:
        with running_worker():
            for _ in range(3 * places):
                deliver_webhooks.delay("default")
                deliver_log_stream.delay("default", "stream")
                send_logout_token.delay("default", issuer="", client_id="", user_id="", sid="")
            names = [waiting.get(timeout=20) for _ in range(places)]
            deliver_message.delay("default", "sealed")
            assert was_sent.wait(20)
            assert waiting.empty(), "more are under way than have a thread"
            assert {name.partition("_")[0] for name in names} == {"deliveries"}
            may_answer.set()
            for _ in range(8 * places):
                waiting.get(timeout=20)
    finally:
        may_answer.set()


@pytest.mark.django_db(transaction=True)
def test_messages_wait_for_no_other_tenants_mail_server(
    tenants: dict[str, Tenant], monkeypatch: pytest.MonkeyPatch, short_waits: None
) -> None:
    """One tenant's mail server that hung kept every thread that sends, so nobody else's sign-in codes left."""
    may_answer = threading.Event()
    begun: dict[str, SimpleQueue[str]] = {"default": SimpleQueue(), "acme": SimpleQueue()}

    def deliver(sealed: str) -> None:
        tenant_id = find_current_tenant_id() or ""
        begun[tenant_id].put(sealed)
        if tenant_id == "default":
            may_answer.wait(60)

    monkeypatch.setattr("connectors.tasks.deliver", deliver)
    threads = django_settings.WORKER_LANES["messages"]
    orders = [str(number) for number in range(2 * threads)]
    try:
        with running_worker():
            for sealed in orders:
                deliver_message.delay("default", sealed)
            held = [begun["default"].get(timeout=20) for _ in range(threads // 2)]
            for sealed in orders:
                deliver_message.delay("acme", sealed)
            assert sorted(begun["acme"].get(timeout=20) for _ in orders) == sorted(orders)
            assert begun["default"].empty(), "more are under way than the tenant has places"
            may_answer.set()
            held += [begun["default"].get(timeout=20) for _ in range(len(orders) - len(held))]
            assert sorted(held) == sorted(orders)
    finally:
        may_answer.set()


@pytest.mark.django_db(transaction=True)
def test_webhooks_wait_for_no_other_tenants_logout_endpoint(
    tenants: dict[str, Tenant], monkeypatch: pytest.MonkeyPatch, short_waits: None
) -> None:
    """A few sign-outs a minute at an application that answered byte by byte stopped the webhooks of every tenant."""
    may_answer = threading.Event()
    told: SimpleQueue[str] = SimpleQueue()
    waking: SimpleQueue[str | None] = SimpleQueue()

    def deliver_logout(**message: str) -> None:
        told.put(message["sid"])
        may_answer.wait(60)

    monkeypatch.setattr("oidc.backchannel_logout.tasks.deliver_logout", deliver_logout)
    monkeypatch.setattr("events.tasks.deliver_waiting", lambda **_: waking.put(find_current_tenant_id()))
    sessions = [str(number) for number in range(3 * django_settings.WORKER_LANES["deliveries"])]
    try:
        with running_worker():
            for sid in sessions:
                send_logout_token.delay("default", issuer="", client_id="", user_id="", sid=sid)
            first = told.get(timeout=20)
            deliver_webhooks.delay("acme")
            assert waking.get(timeout=20) == "acme"
            may_answer.set()
            assert sorted([first, *(told.get(timeout=20) for _ in sessions[1:])]) == sorted(sessions)
    finally:
        may_answer.set()


@pytest.mark.django_db(transaction=True)
def test_a_message_waits_only_so_long(tenant: Tenant, monkeypatch: pytest.MonkeyPatch, short_waits: None) -> None:
    """What found no place for ten minutes is given up, and how often it was tried is not what it has waited."""
    given_up: SimpleQueue[tuple[FailureKind, int]] = SimpleQueue()

    class NoPlace:
        place = staticmethod(lambda: nullcontext(False))

    monkeypatch.setattr("connectors.tasks._share", NoPlace)
    monkeypatch.setattr(shares, "_MOST_WAITS", 2)
    monkeypatch.setattr(
        "connectors.tasks.give_up_message", lambda _, error, *, attempts: given_up.put((error.kind, attempts))
    )
    with running_worker():
        deliver_message.delay("default", "sealed")
        assert given_up.get(timeout=20) == (FailureKind.RATE_LIMITED, 1)


@pytest.mark.django_db(transaction=True)
def test_tasks_of_two_tenants_run_at_once_on_connections_of_their_own(alice: User, mallory: User) -> None:
    """A worker's tasks are threads: each sees its tenant's rows, and leaves neither tenant nor connection behind."""
    both_inside = threading.Barrier(2, timeout=20)
    seen: SimpleQueue[tuple[str, list[str | None], str | None, int]] = SimpleQueue()

    @celery_app.task(name="tests.look")
    def look(tenant_id: str) -> None:
        left_behind = find_current_tenant_id()
        with enter_tenant(tenant_id):
            both_inside.wait()
            names = list(User.objects.values_list("username", flat=True))
            both_inside.wait()
        seen.put((tenant_id, names, left_behind, connection.connection.info.backend_pid))

    with running_worker():
        for tenant_id in ("default", "acme", "default", "acme"):
            look.delay(tenant_id)
        told = [seen.get(timeout=20) for _ in range(4)]
    pids = {pid for *_, pid in told}
    assert sorted(one[:3] for one in told) == [("acme", ["mallory"], None)] * 2 + [("default", ["alice"], None)] * 2
    assert len(pids) == 4
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [list(pids)])
        assert cursor.fetchone() == (0,)
