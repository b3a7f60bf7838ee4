"""One recipient gets ten messages in ten minutes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from common.errors import AppError
from events.history import Event
from identity.models import MessageSend
from identity.services.send_limits import SendAction, counted_send
from tenants.context import enter_tenant
from tests.racing import outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

START = datetime(2030, 1, 1, tzinfo=UTC)


def send(recipient: str = "bob@example.com", action: SendAction = SendAction.VERIFICATION_CODE) -> str:
    def call() -> None:
        with counted_send(action, channel="email", recipient=recipient):
            pass

    return outcome(call)


def test_the_eleventh_waits_for_the_window(recorded: list[Event]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert [send() for _ in range(11)] == ["ok"] * 10 + ["request.message_rate_limited"]
        told = [(event.name, event.details["action"], event.details["limit"], event.data) for event in recorded]
        assert told == [("Message.RateLimited", "VerificationCodeSend", "recipient", {"recipient": "bob@example.com"})]
        clock.shift(timedelta(seconds=599))
        assert send() == "request.message_rate_limited"
        clock.shift(timedelta(seconds=1))
        assert send() == "ok"


def test_recipients_actions_and_tenants_are_counted_apart() -> None:
    for _ in range(10):
        send()
    assert send("BOB@Example.com") == "request.message_rate_limited"
    assert send("carol@example.com") == "ok"
    assert send(action=SendAction.MESSAGE) == "ok"
    with enter_tenant("acme"):
        assert send() == "ok"


def test_a_failed_send_is_not_counted() -> None:
    def call() -> None:
        with counted_send(SendAction.MESSAGE, channel="email", recipient="bob@example.com"):
            raise AppError("connector.not_found")

    assert outcome(call) == "connector.not_found"
    assert MessageSend.objects.count() == 0


def test_recipients_are_stored_as_digests_alone() -> None:
    send()
    row = MessageSend.objects.values().get()
    assert "bob" not in str(row)
