"""The Celery application, its schedule, and what readiness knows of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from celery import states
from celery.app import app_or_default
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from common import clock
from common.models import Heartbeat
from common.scheduler import SILENT_AFTER, find_silence
from config import celery_app
from config.beat import Scheduler


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
