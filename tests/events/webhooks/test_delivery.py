"""What is sent, when it is sent again, and when it is given up."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM
from common.clock import now, to_seconds
from events.history import record
from events.models import AuditLog
from events.webhooks.claims import claim
from events.webhooks.configuration import signing_key_of
from events.webhooks.delivery import deliver_waiting, settle
from events.webhooks.models import Attempt, Delivery, Hook
from events.webhooks.outbox import hooks_wanting
from events.webhooks.schedule import find_delay
from events.webhooks.selectors import list_waiting_tenants
from events.webhooks.sending import Outcome
from events.webhooks.services import (
    create_hook,
    replay_deliveries,
    replay_delivery,
    resume_hook,
    rotate_signing_key,
    update_hook,
)
from organizations.services.organizations import create_organization
from tests.sink import Sink


def make(name: str = "Acme") -> str:
    return create_organization(name=name, actor=SYSTEM).id


def deliver() -> None:
    assert deliver_waiting(seconds=10) is False


def make_due() -> None:
    Delivery.objects.filter(state="pending").update(due_at=now())


def test_a_delivery_is_signed_in_both_ways(hook: Hook, sink: Sink) -> None:
    make()
    deliver()
    (posted,) = sink.posted
    delivery = Delivery.objects.get()
    key = signing_key_of(hook).encode()
    assert posted.path == "/events"
    assert posted.body == delivery.body.encode()
    assert b": " not in posted.body
    assert list(posted.json)[-1] == "hookId"
    assert posted.json["hookId"] == hook.id
    assert posted.headers["user-agent"] == "Gatehouse"
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["logto-signature-sha-256"] == hmac.new(key, posted.body, hashlib.sha256).hexdigest()
    assert posted.headers["webhook-id"] == delivery.message_id
    signed = f"{delivery.message_id}.{posted.headers['webhook-timestamp']}.".encode() + posted.body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert posted.headers["webhook-signature"] == f"v1,{digest}"
    assert abs(int(posted.headers["webhook-timestamp"]) - to_seconds(now())) < 60
    attempt = Attempt.objects.get()
    assert (attempt.is_success, attempt.status, attempt.answer, attempt.error) == (True, 200, '{"taken":true}', "")
    assert (delivery.state, delivery.tries, delivery.due_at, delivery.leased_until) == ("delivered", 1, None, None)


def test_own_headers_come_before_the_signature(hook: Hook, sink: Sink) -> None:
    headers = {"User-Agent": "mine", "Content-Type": "text/plain", "X-Tenant": "acme"}
    update_hook(hook, config={"url": sink.url, "headers": headers}, actor=SYSTEM)
    make()
    deliver()
    sent = sink.posted[0].headers
    assert (sent["user-agent"], sent["content-type"], sent["x-tenant"]) == ("mine", "application/json", "acme")


def test_an_old_key_signs_as_well_for_a_while(hook: Hook, sink: Sink) -> None:
    old = signing_key_of(hook)
    rotate_signing_key(hook, overlap=3600, actor=SYSTEM)
    make()
    deliver()
    Hook.objects.update(previous_key_expires_at=now())
    make("Globex")
    deliver()
    during, after = sink.posted
    expected = hmac.new(old.encode(), during.body, hashlib.sha256).hexdigest()
    assert signing_key_of(hook) != old
    assert during.headers["logto-signature-sha-256-previous"] == expected
    assert during.headers["webhook-signature"].count("v1,") == 2
    assert "logto-signature-sha-256-previous" not in after.headers
    assert after.headers["webhook-signature"].count("v1,") == 1


def test_a_failure_is_tried_again_under_the_same_id(hook: Hook, sink: Sink) -> None:
    sink.status, sink.answer = 500, b"broken\x00"
    make()
    deliver()
    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.tries) == ("pending", 1)
    assert waiting.due_at is not None
    assert timedelta(seconds=5) <= waiting.due_at - Attempt.objects.get().created_at < timedelta(seconds=7)
    sink.status, sink.answer = 204, b""
    make_due()
    deliver()
    assert {posted.headers["webhook-id"] for posted in sink.posted} == {waiting.message_id}
    first, second = Attempt.objects.order_by("created_at")
    assert (first.status, first.answer, first.error) == (500, "broken", "the endpoint answered 500")
    assert (second.status, second.is_success) == (204, True)
    assert Delivery.objects.get().state == "delivered"


def test_the_schedule_lasts_a_day_and_ends() -> None:
    delays = [find_delay(tries, retries=None) for tries in range(1, 12)]
    waits = [delay for delay in delays if delay is not None]
    assert (len(waits), delays[-1]) == (10, None)
    assert sum(waits, timedelta()) > timedelta(days=1)
    assert waits == sorted(waits)


def test_retries_that_a_hook_asks_for_are_all_it_gets(hook: Hook, sink: Sink) -> None:
    update_hook(hook, config={"url": sink.url, "retries": 0}, actor=SYSTEM)
    sink.status = 503
    make()
    deliver()
    assert Delivery.objects.get().state == "failed"


def test_an_endpoint_that_asks_to_be_left_alone_is(hook: Hook, sink: Sink) -> None:
    sink.status, sink.headers = 429, {"retry-after": "900"}
    make()
    deliver()
    due_at = Delivery.objects.get().due_at
    assert due_at is not None
    assert due_at - Attempt.objects.get().created_at >= timedelta(seconds=900)


def test_an_address_that_is_not_public_is_refused(hook: Hook, sink: Sink, settings: LazySettings) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    make()
    deliver()
    attempt = Attempt.objects.get()
    assert sink.posted == []
    assert (attempt.status, attempt.error) == (None, "127.0.0.1 resolves to an address that is not public")


def test_a_redirect_is_not_followed(hook: Hook, sink: Sink) -> None:
    sink.status, sink.headers = 307, {"location": sink.url}
    make()
    deliver()
    assert [attempt.error for attempt in Attempt.objects.all()] == ["the endpoint answered 307"]


def test_the_rest_of_a_long_answer_is_not_kept(hook: Hook, sink: Sink) -> None:
    sink.answer = b"a" * 1_000_000
    make()
    deliver()
    attempt = Attempt.objects.get()
    assert (attempt.is_success, len(attempt.answer)) == (True, 4096)


def test_one_that_is_ordered_waits_for_its_oldest(hook: Hook, sink: Sink) -> None:
    update_hook(hook, is_ordered=True, actor=SYSTEM)
    sink.status = 500
    for name in ("first", "second", "third"):
        make(name)
    deliver()
    assert [posted.json["data"]["name"] for posted in sink.posted] == ["first"]
    sink.status = 200
    make_due()
    deliver()
    assert [posted.json["data"]["name"] for posted in sink.posted] == ["first", "first", "second", "third"]


def test_what_a_dead_worker_held_is_sent_by_another(hook: Hook, sink: Sink, settings: LazySettings) -> None:
    make()
    (held,) = claim("killed", capacity=5)
    assert claim("other", capacity=5) == []
    assert list_waiting_tenants() == []
    Delivery.objects.update(due_at=now(), leased_until=now())
    assert list_waiting_tenants() == ["default"]
    deliver()
    assert [posted.headers["webhook-id"] for posted in sink.posted] == [held.message_id]
    # It was not dead: its failure is old news, and the success of the other one stands.
    settle(held, Outcome(status=500, error="late"), worker="killed")
    assert (Delivery.objects.get().state, Attempt.objects.count()) == ("delivered", 1)


def test_no_more_are_under_way_than_the_settings_allow(hook: Hook, sink: Sink, settings: LazySettings) -> None:
    settings.WEBHOOK_CONCURRENCY_PER_HOOK, settings.WEBHOOK_CONCURRENCY_PER_TENANT = 2, 3
    settings.WEBHOOK_WORKERS_PER_TENANT = 2
    create_hook(events=["Organization.Created"], config={"url": sink.url}, actor=SYSTEM)
    for number in range(5):
        make(f"Organization {number}")
    first, second = claim("one", capacity=9), claim("two", capacity=9)
    assert [len(first), len(second)] == [3, 0]
    assert max(sum(item.hook_id == hook.id for item in first), 1) <= 2
    settle(first[0], Outcome(status=200), worker="one")
    settle(first[1], Outcome(status=200), worker="one")
    assert len(claim("two", capacity=1)) == 1
    assert claim("three", capacity=1) == []


def test_a_dead_endpoint_is_paused_and_what_waits_is_sent_when_it_is_resumed(hook: Hook, sink: Sink) -> None:
    sink.status = 500
    make()
    deliver()
    Attempt.objects.update(created_at=now() - timedelta(hours=25))
    Delivery.objects.update(tries=10, due_at=now())
    make("Globex")
    deliver()
    hook.refresh_from_db()
    assert (hook.pause_reason, hook.enabled) == ("unreachable", True)
    assert AuditLog.objects.filter(key="Webhook.Paused").count() == 1
    sent = len(sink.posted)
    make("Initech")
    make_due()
    deliver()
    assert (len(sink.posted), list_waiting_tenants()) == (sent, [])
    sink.status = 200
    resume_hook(hook, actor=SYSTEM)
    deliver()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["delivered", "delivered", "failed"]
    # What happened before it was resumed counts no more.
    sink.status = 500
    update_hook(hook, config={"url": sink.url, "retries": 0}, actor=SYSTEM)
    make("Umbrella")
    deliver()
    hook.refresh_from_db()
    assert hook.paused_at is None


def test_an_endpoint_that_is_gone_is_paused_at_once(hook: Hook, sink: Sink) -> None:
    sink.status = 410
    make()
    deliver()
    hook.refresh_from_db()
    assert (hook.pause_reason, Delivery.objects.get().state) == ("gone", "failed")
    update_hook(hook, enabled=True, actor=SYSTEM)
    hook.refresh_from_db()
    assert hook.paused_at is None


def test_replays_keep_the_id(hook: Hook, sink: Sink) -> None:
    make("first")
    make("second")
    deliver()
    first, second = Delivery.objects.order_by("id")
    replay_delivery(hook, first, actor=SYSTEM)
    deliver()
    assert [posted.headers["webhook-id"] for posted in sink.posted].count(first.message_id) == 2
    moment = second.created_at
    assert replay_deliveries(hook, start=moment, end=moment, state="failed", actor=SYSTEM) == 0
    assert replay_deliveries(hook, start=moment, end=moment, actor=SYSTEM) == 1
    deliver()
    assert [posted.headers["webhook-id"] for posted in sink.posted].count(second.message_id) == 2
    assert Attempt.objects.count() == 4


def test_what_is_being_sent_is_not_sent_twice_at_once(hook: Hook, sink: Sink) -> None:
    """A click on "Send again" took the delivery out of the hands of the worker that had it."""
    make()
    (held,) = claim("worker", capacity=1)
    replay_delivery(hook, Delivery.objects.get(), actor=SYSTEM)
    assert claim("another", capacity=1) == []
    settle(held, Outcome(status=500), worker="worker")
    assert (Delivery.objects.get().tries, Attempt.objects.count()) == (1, 1)
    # Between two attempts it is sent at once, and begins from the start.
    replay_delivery(hook, Delivery.objects.get(), actor=SYSTEM)
    deliver()
    assert (Delivery.objects.get().state, len(sink.posted)) == ("delivered", 1)


def test_nothing_is_written_for_an_event_that_is_taken_back(hook: Hook) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        make()
        raise RuntimeError
    assert not Delivery.objects.exists()


def test_an_event_that_nobody_wants_costs_no_statement(hook: Hook) -> None:
    record("OrganizationScope.Created")
    with CaptureQueriesContext(connection) as unwanted:
        record("OrganizationScope.Created")
    update_hook(hook, enabled=False, actor=SYSTEM)
    record("Organization.Created")
    with CaptureQueriesContext(connection) as disabled:
        record("Organization.Created")
    # The stamp of the configuration, which a request has read already, and the entry.
    assert (len(unwanted), len(disabled)) == (2, 2)
    assert not Delivery.objects.exists()


def test_a_webhook_that_is_deleted_meanwhile_fails_nobody(hook: Hook, asked: list[str]) -> None:
    """Another process has deleted it, and this one does not know yet."""
    assert hooks_wanting("Organization.Created") == (hook.id,)
    Hook.objects.filter(id=hook.id)._raw_delete("default")
    make()
    assert not Delivery.objects.exists()
    assert asked == []


def test_a_worker_is_asked_once_in_a_transaction(hook: Hook, asked: list[str]) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        make("first")
        make("second")
    assert asked == ["default"]
