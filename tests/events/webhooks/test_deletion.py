"""While a webhook is deleted with all that was sent to it, which takes long, nobody waits for that."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from common.clock import now
from events.webhooks import delivery
from events.webhooks.claims import Claimed, claim
from events.webhooks.delivery import deliver_waiting, settle
from events.webhooks.models import Attempt, Delivery, Hook
from events.webhooks.pruning import delete_old_deliveries
from events.webhooks.sending import Outcome
from organizations.models import Organization
from tests.events.webhooks.test_delivery import make
from tests.racing import race
from tests.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)


def _meanwhile(call: Callable[[], Any]) -> Any:
    """Run a call on another connection; one that waits for a lock fails."""

    def run() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        return call()

    return race([run])[0]


def test_what_happens_meanwhile_does_not_wait(hook: Hook) -> None:
    """Every sign-up of the tenant stood still for as long as the deletion of a busy webhook took."""
    with transaction.atomic():
        Hook.objects.select_for_update().get(id=hook.id)
        organization_id = _meanwhile(make)
    assert Organization.objects.filter(id=organization_id).exists()
    assert not Delivery.objects.exists()


def test_a_worker_does_not_wait(hook: Hook) -> None:
    """A worker held a delivery and asked for its webhook, the deletion the other way round: one of them failed."""
    make()
    (held,) = claim("worker", capacity=1)
    with transaction.atomic():
        Hook.objects.select_for_update().get(id=hook.id)
        _meanwhile(lambda: settle(held, Outcome(status=200), worker="worker"))
        # What the worker had would be missed here.
        hook.delete()
    assert not Attempt.objects.exists()


def test_a_clean_up_leaves_what_a_worker_is_writing_about(hook: Hook) -> None:
    """An attempt that came between a batch's attempts and its deliveries undid the batch, and the clean-up ended."""
    make()
    Delivery.objects.update(created_at=now() - timedelta(days=365))
    (held,) = claim("worker", capacity=1)
    with transaction.atomic():
        settle(held, Outcome(status=200), worker="worker")
        assert _meanwhile(delete_old_deliveries) == 0
    assert Attempt.objects.count() == 1
    assert delete_old_deliveries() == 1
    assert not Attempt.objects.exists()


def test_one_that_cannot_be_written_is_no_reason_to_send_the_others_again(
    hook: Hook, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that was under way went out twice, because what came of it was forgotten with the first error."""
    for name in ("first", "second", "third"):
        make(name)
    failures = [OperationalError("deadlock detected")]

    def fail_once(item: Claimed, outcome: Outcome, *, worker: str) -> None:
        if failures:
            raise failures.pop()
        settle(item, outcome, worker=worker)

    monkeypatch.setattr(delivery, "settle", fail_once)
    deliver_waiting(seconds=10)
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["delivered", "delivered", "pending"]
    assert len(sink.posted) == 3
