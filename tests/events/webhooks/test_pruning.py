"""Deliveries that are too old, or too many, go."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction

from common.actors import SYSTEM
from common.clock import now
from events.tasks import clean_up_deliveries
from events.webhooks import pruning, volume
from events.webhooks.models import Attempt, Delivery, Hook
from organizations.services.organizations import create_organization


def make(hook: Hook, *, days: int) -> Delivery:
    moment = now() - timedelta(days=days)
    delivery = Delivery.objects.create(hook=hook, event="Role.Created", body="{}", created_at=moment)
    Attempt.objects.create(hook=hook, delivery=delivery, is_success=True, duration=1, created_at=moment)
    return delivery


def test_old_ones_go_with_their_attempts(hook: Hook) -> None:
    make(hook, days=15)
    kept = make(hook, days=13)
    clean_up_deliveries()
    assert [attempt.delivery_id for attempt in Attempt.objects.all()] == [kept.id]
    assert Delivery.objects.get() == kept


def test_of_too_many_the_oldest_go(hook: Hook, settings: LazySettings) -> None:
    settings.WEBHOOK_DELIVERIES_PER_TENANT = 2
    ids = [make(hook, days=days).id for days in (4, 3, 2, 1)]
    clean_up_deliveries()
    assert set(Delivery.objects.values_list("id", flat=True)) == set(ids[-2:])


def test_of_too_large_ones_the_oldest_go(hook: Hook, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand deliveries of 256 kB each were 25 GB of one tenant's, and within the bound."""
    monkeypatch.setattr(pruning, "_LARGEST", 1000)
    settings.WEBHOOK_BYTES_PER_TENANT = 2500
    kept = [make(hook, days=days).id for days in (4, 3, 2, 1)]
    Delivery.objects.update(body="x" * 600)
    clean_up_deliveries()
    assert Delivery.objects.count() == len(kept)
    # Answers count, too.
    Attempt.objects.filter(delivery_id=kept[-1]).update(answer="y" * 600)
    clean_up_deliveries()
    assert set(Delivery.objects.values_list("id", flat=True)) == set(kept[-3:])


def test_whoever_writes_much_asks_for_the_clean_up(
    hook: Hook, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Within the quarter of an hour between two clean-ups a tenant could write without a bound."""
    asked: list[Any] = []
    monkeypatch.setattr(volume, "_written", {})
    monkeypatch.setattr(volume.threads, "start", lambda tenant_id, _work: asked.append(tenant_id))
    settings.WEBHOOK_BYTES_PER_TENANT = 8 * 1000
    for count in range(6):
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            create_organization(name=f"{count}{'x' * 120}", actor=SYSTEM)
    written = sum(len(body) for body in Delivery.objects.values_list("body", flat=True))
    assert 0 < len(asked) <= written // 1000
    assert set(asked) == {"default"}
