"""Who delivers: a worker if there is a queue, else a thread of the process."""

import threading
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction

from common.actors import SYSTEM
from config import celery_app
from events import tasks
from events.webhooks import waking
from events.webhooks.models import Delivery, Hook
from organizations.services.organizations import create_organization
from tests.events.webhooks.conftest import real_wake
from tests.sink import Sink


@pytest.mark.django_db(transaction=True)
def test_without_a_queue_a_thread_delivers(hook: Hook, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "wake", real_wake)
    create_organization(name="Acme", actor=SYSTEM)
    for thread in threading.enumerate():
        if thread.name == "webhooks":
            thread.join(20)
    assert [posted.json["event"] for posted in sink.posted] == ["Organization.Created"]
    assert Delivery.objects.get().state == "delivered"


def test_with_a_queue_a_worker_is_asked(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(celery_app, "send_task", lambda name, arguments, **_options: sent.append((name, arguments)))
    real_wake("default")
    assert sent == [("events.tasks.deliver_webhooks", ["default"])]
    assert tasks.deliver_webhooks.name == "events.tasks.deliver_webhooks"


def test_beat_finds_what_waits(hook: Hook, sink: Sink, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "wake", asked.append)
    tasks.wake_webhooks()
    assert asked == []
    with transaction.atomic():
        create_organization(name="Acme", actor=SYSTEM)
    tasks.wake_webhooks()
    assert asked == ["default"]
    tasks.deliver_webhooks("default")
    assert len(sink.posted) == 1
    tasks.wake_webhooks()
    assert asked == ["default"]
