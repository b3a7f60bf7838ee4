"""Webhooks in the console: set up, changed, tested, looked at, sent again, and the mail about one that was paused."""

import html
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, TestCase

from common.actors import SYSTEM
from common.clock import now
from connectors.models import MailboxMessage
from connectors.services.connectors import create_connector
from console.webhooks.words import GROUPS
from events.models import Delivery, Hook
from events.webhooks.configuration import config_of, signing_key_of
from events.webhooks.delivery import deliver_waiting
from events.webhooks.names import EVENTS
from events.webhooks.pausing import pause_if_dead
from events.webhooks.services import create_hook
from identity.models import User
from identity.services.users import update_user
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tests.console.conftest import browser_of
from tests.sink import Sink, running_sink

LIST = "/console/default/events/hook/"
DELIVERIES = "/console/default/events/hook/deliveries/"
DELIVERY = "/console/default/events/hook/delivery/"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


@pytest.fixture
def hook(carol: User, sink: Sink) -> Hook:
    with enter_tenant("default"):
        config = {"url": sink.url, "headers": {"X-Source": "gatehouse"}}
        return create_hook(name="Orders", events=["Organization.Created"], config=config, actor=SYSTEM)


def happen(count: int = 1) -> None:
    with enter_tenant("default"):
        for number in range(count):
            create_organization(name=f"Organization {number}", actor=SYSTEM)
        deliver_waiting(seconds=10)


def typed(sink: Sink, **changes: Any) -> dict[str, Any]:
    """What a developer types into the form."""
    return {"name": "Orders", "url": sink.url, "enabled": "on", "retries": "", "headers": "", **changes}


def page(hook: Hook) -> str:
    return f"{LIST}{hook.pk}/change/"


def said(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_every_event_can_be_chosen() -> None:
    assert sorted(event for group in GROUPS.values() for event in group.events) == sorted(EVENTS)


def test_set_up(console: Client, sink: Sink) -> None:
    values = typed(sink, users=["User.Created"], security=["Identifier.Lockout"], headers="X-A: 1\nX-B: two: 2")
    assert console.post(f"{LIST}add/", values).status_code == 302
    with enter_tenant("default"):
        hook = Hook.objects.get()
        assert config_of(hook) == {"url": sink.url, "headers": {"X-A": "1", "X-B": "two: 2"}}
    assert (hook.events, hook.enabled, hook.is_ordered) == (["User.Created", "Identifier.Lockout"], True, False)
    assert b"Orders" in console.get(LIST).content


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "A webhook needs at least one event."),
        ({"users": ["User.Created"], "headers": "nothing"}, "A line needs a name, a colon and a value: nothing"),
        ({"users": ["User.Created"], "headers": "Host: a"}, "A header has a name that is reserved."),
        ({"users": ["User.Created"], "url": "ftp://a.example"}, "This is not an http(s) address."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(console: Client, sink: Sink, changes: Any, words: str) -> None:
    answer = console.post(f"{LIST}add/", typed(sink, **changes))
    assert answer.status_code == 200
    assert words in str(answer.context["adminform"].form.errors)
    with enter_tenant("default"):
        assert not Hook.objects.exists()


def test_change(console: Client, hook: Hook, sink: Sink) -> None:
    assert b"X-Source: gatehouse" in console.get(page(hook)).content
    values = typed(sink, name="Bills", roles=["Role.Created"], retries="2", is_ordered="on")
    assert console.post(page(hook), values).status_code == 302
    with enter_tenant("default"):
        hook.refresh_from_db()
        assert config_of(hook) == {"url": sink.url, "retries": 2}
    assert (hook.name, hook.events, hook.is_ordered) == ("Bills", ["Role.Created"], True)


def test_what_is_not_touched_is_not_changed(console: Client, hook: Hook, sink: Sink) -> None:
    values = typed(sink, organizations=["Organization.Created"], headers="X-Source: gatehouse")
    del values["enabled"]
    assert console.post(page(hook), values).status_code == 302
    with enter_tenant("default"):
        sealed = Hook.objects.get().sealed_config
    assert bytes(sealed) == bytes(hook.sealed_config)


def test_test(console: Client, hook: Hook, sink: Sink) -> None:
    test = f"/console/default/events/hook/test/?hook={hook.pk}"
    assert "took the test" in said(console.post(test, {"event": "Organization.Created"}, follow=True))
    sink.status = 404
    assert "Status 404" in said(console.post(test, {"event": "Organization.Created"}, follow=True))
    assert [posted.headers["x-source"] for posted in sink.posted] == ["gatehouse", "gatehouse"]
    assert console.get(test).status_code == 405


def test_a_new_signing_key(console: Client, hook: Hook) -> None:
    with enter_tenant("default"):
        old = signing_key_of(hook)
        console.post(f"{LIST}{hook.pk}/do/rotate/")
        hook.refresh_from_db()
        assert signing_key_of(hook) != old
        assert hook.previous_key_expires_at is not None
        console.post(f"{LIST}{hook.pk}/do/replace-key/")
        hook.refresh_from_db()
        assert hook.previous_key_expires_at is None


def test_deliveries_are_found_and_sent_again(console: Client, hook: Hook, sink: Sink) -> None:
    happen(26)
    sink.status, sink.answer = 500, b"<script>alert(1)</script>"
    happen()
    listed = console.get(f"{DELIVERIES}?hook={hook.pk}")
    assert len(listed.context["rows"]) == 25
    assert len(console.get(f"{DELIVERIES}?hook={hook.pk}&page=2").context["rows"]) == 2
    (waiting,) = console.get(f"{DELIVERIES}?hook={hook.pk}&state=pending").context["rows"]
    shown = console.get(f"{DELIVERY}?hook={hook.pk}&id={waiting[0].message_id}").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "the endpoint answered 500" in shown
    sink.status = 200
    again = console.post(f"{DELIVERY}?hook={hook.pk}&id={waiting[0].message_id}", follow=True)
    assert "1 event is sent again." in said(again)
    span = "&start=2000-01-01T00:00:00&end=2100-01-01T00:00:00"
    every = console.post(f"{DELIVERIES}?hook={hook.pk}{span}", follow=True)
    assert "26 events are sent again." in said(every)
    assert "from when to when" in said(console.post(f"{DELIVERIES}?hook={hook.pk}", follow=True))
    assert console.get(f"{DELIVERY}?hook={hook.pk}&id=unknown").status_code == 404
    assert console.get(f"{DELIVERIES}?hook=unknown").status_code == 404


def test_a_paused_one_says_so_is_resumed_and_was_mailed_about(console: Client, carol: User, hook: Hook) -> None:
    with enter_tenant("admin"):
        create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)
        update_user(carol, primary_email="carol@example.com", profile={"locale": "de"}, actor=SYSTEM)
    with TestCase.captureOnCommitCallbacks(execute=True), enter_tenant("default"):
        pause_if_dead(hook.pk, is_gone=True)
    with enter_tenant("admin"):
        message = MailboxMessage.objects.get()
    assert (message.recipient, message.subject) == ("carol@example.com", "Ein Webhook wurde angehalten")
    assert "Der Webhook „Orders“ von" in html.unescape(message.content)
    assert f"/console/default/events/hook/{hook.pk}/change/" in html.unescape(message.content)
    assert "410" in console.get(page(hook)).content.decode()
    console.post(f"{LIST}{hook.pk}/do/resume/")
    with enter_tenant("default"):
        assert Hook.objects.get().paused_at is None


def test_a_collaborator_of_tenant_admin_only_looks(dave: User, sink: Sink) -> None:
    """And sees no secret: the form was locked, but had the header with the endpoint's own key in it."""
    config = {"url": sink.url, "headers": {"Authorization": "Bearer s3cret"}}
    with enter_tenant("admin"):
        hook = create_hook(name="Orders", events=["PostSignIn"], config=config, actor=SYSTEM)
        Delivery.objects.create(hook=hook, event="PostSignIn", body="{}", state="failed", created_at=now())
        key = signing_key_of(hook)
    browser = browser_of(dave)
    shown = browser.get(f"/console/admin/events/hook/{hook.pk}/change/")
    assert shown.status_code == 200
    assert sink.url in shown.content.decode()
    assert key not in shown.content.decode()
    assert "s3cret" not in shown.content.decode()
    assert browser.post(f"/console/admin/events/hook/test/?hook={hook.pk}", {"event": "PostSignIn"}).status_code == 403
    assert browser.post(f"/console/admin/events/hook/{hook.pk}/do/rotate/").status_code == 403
    assert sink.posted == []


def test_delete(console: Client, hook: Hook) -> None:
    happen()
    assert console.post(f"{LIST}{hook.pk}/delete/", {"post": "yes"}).status_code == 302
    with enter_tenant("default"):
        assert not Hook.objects.exists()
        assert not Delivery.objects.exists()
