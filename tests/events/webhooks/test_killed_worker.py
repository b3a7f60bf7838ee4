"""A thousand deliveries, and a worker that is killed in the middle of them."""

import multiprocessing
import signal
from collections import Counter

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from common.actors import SYSTEM
from common.clock import now
from events.history import Subject, record
from events.webhooks.configuration import signing_key_of
from events.webhooks.delivery import deliver_waiting
from events.webhooks.models import Delivery, Hook
from events.webhooks.services import update_hook
from events.webhooks.signing import sign_body
from tests.sink import Sink

_COUNT = 1000
_KILLED_AFTER = 300


def _work() -> None:
    """A worker's life: the connection is its own, not its parent's."""
    connection.connection = None
    deliver_waiting(seconds=60)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost(hook: Hook, sink: Sink, settings: LazySettings) -> None:
    update_hook(hook, events=["Organization.Membership.Updated"], actor=SYSTEM)
    with transaction.atomic():
        for number in range(_COUNT):
            organization = Subject("Organization", str(number))
            record("Organization.Membership.Updated", subject=organization, added={"userIds": ["alice"]})
    processes = multiprocessing.get_context("fork")
    worker = processes.Process(target=_work)

    def kill() -> None:
        if len(sink.posted) > _KILLED_AFTER:
            worker.kill()

    sink.on_post = kill
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    # What it held is due again when its lease ends, which nobody waits for here.
    held = Delivery.objects.filter(leased_until__isnull=False)
    assert 0 < held.count() <= settings.WEBHOOK_CONCURRENCY_PER_HOOK
    held.update(due_at=now(), leased_until=now())
    sink.on_post = None
    second = processes.Process(target=_work)
    second.start()
    second.join()
    assert second.exitcode == 0

    assert not Delivery.objects.exclude(state="delivered").exists()
    sent = Counter(posted.headers["webhook-id"] for posted in sink.posted)
    assert set(sent) == set(Delivery.objects.values_list("message_id", flat=True))
    assert len(sent) == _COUNT
    assert sum(sent.values()) - _COUNT <= settings.WEBHOOK_CONCURRENCY_PER_HOOK
    key = signing_key_of(hook)
    for posted in sink.posted:
        assert posted.headers["logto-signature-sha-256"] == sign_body(key, posted.body)
    # What came twice is the same.
    bodies = {(posted.headers["webhook-id"], posted.body) for posted in sink.posted}
    assert len(bodies) == _COUNT
