"""A message that is not delivered is seen at its connector and in the audit log, and its recipient in neither, nor in a
log line.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery.app.trace import build_tracer

from common.actors import SYSTEM
from common.logs import JsonFormatter
from config.celery import app
from connectors.factories import MessageFactory, find_factory
from connectors.failures import FailureKind
from connectors.kinds.smtp import FACTORY_ID
from connectors.models import Connector, LastFailure
from connectors.selectors import find_last_failure
from connectors.services.composition import seal_order
from connectors.services.connectors import create_connector, delete_connector, update_connector
from connectors.services.messages import send_message
from connectors.tasks import deliver_message
from events.models import AuditLog
from tenants.models import Tenant
from tests.mail_server import MailServer, run_mail_server

pytestmark = pytest.mark.django_db

RECIPIENT = "jörg@example.com"
SEND: dict[str, Any] = {
    "channel": "email",
    "recipient": RECIPIENT,
    "template_type": "SignIn",
    "payload": {"code": "123456"},
}

Send = Callable[[], None]


@pytest.fixture
def connector(tenant: Tenant, mail_server: MailServer) -> Connector:
    config = {"host": "localhost", "port": mail_server.port, "fromEmail": "no-reply@example.com"}
    return create_connector(factory_id=FACTORY_ID, config=config, actor=SYSTEM)


@pytest.fixture
def send(django_capture_on_commit_callbacks: Any) -> Send:
    def deliver() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            send_message(**SEND)

    return deliver


@pytest.fixture
def queue() -> Iterator[None]:
    """A broker: tasks wait in it, and nobody fetches them."""
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


def lines(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that was logged, as it is written."""
    return "\n".join(JsonFormatter().format(record) for record in caplog.records)


def entry() -> dict[str, Any]:
    payload: dict[str, Any] = AuditLog.objects.get(key="Message.DeliveryFailed").payload
    return payload


def test_a_refused_recipient(
    connector: Connector, mail_server: MailServer, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    mail_server.refusals["RCPT"] = f"550 5.1.1 <{RECIPIENT}> unknown"
    send()
    failure = find_last_failure(connector)
    assert failure is not None
    assert (failure.reason, failure.template_type) == ("recipient_refused", "SignIn")
    assert entry()["result"] == "Error"
    assert entry()["subject"]["id"] == connector.id
    assert {name: entry()[name] for name in ("reason", "channel", "templateType", "attempts")} == {
        "reason": "recipient_refused",
        "channel": "email",
        "templateType": "SignIn",
        "attempts": 1,
    }
    for said in (lines(caplog), str(entry()), str(vars(failure))):
        assert "example.com" not in said
    assert "recipient_refused" in lines(caplog)


def test_an_address_that_the_server_does_not_take_is_told_as_such(
    connector: Connector, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    """It used to reach another mailbox, or the task died with the address in its traceback."""
    with run_mail_server(takes_utf8=False) as server:
        config = {"host": "localhost", "port": server.port, "fromEmail": "no-reply@example.com"}
        update_connector(connector, config=config, actor=SYSTEM)
        send()
    assert LastFailure.objects.get().reason == "address_not_supported"
    assert "example.com" not in lines(caplog)


def test_a_failure_that_nobody_foresaw_tells_where_and_not_whom(
    connector: Connector, send: Send, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise UnicodeError(f"cannot encode {RECIPIENT}")

    factory = find_factory(FACTORY_ID)
    assert isinstance(factory, MessageFactory)
    monkeypatch.setattr(type(factory.connector), "send", fail)
    send()
    assert LastFailure.objects.get().reason == FailureKind.INTERNAL
    assert "UnicodeError" in lines(caplog)
    assert "test_failures.py" in lines(caplog)
    assert "example.com" not in lines(caplog)


def test_only_the_latest_failure_is_kept_and_goes_with_its_configuration(
    connector: Connector, mail_server: MailServer, send: Send
) -> None:
    mail_server.refusals["RCPT"] = "550 no"
    send()
    mail_server.refusals = {"DATA": "554 no"}
    send()
    assert [failure.reason for failure in LastFailure.objects.all()] == ["message_refused"]
    assert AuditLog.objects.filter(key="Message.DeliveryFailed").count() == 2
    config = {"host": "localhost", "port": mail_server.port, "fromEmail": "other@example.com"}
    update_connector(connector, config=config, actor=SYSTEM)
    assert find_last_failure(connector) is None


def test_a_connector_that_failed_can_be_removed(connector: Connector, mail_server: MailServer, send: Send) -> None:
    mail_server.refusals["RCPT"] = "550 no"
    send()
    delete_connector(connector.id, actor=SYSTEM)
    assert not LastFailure.objects.exists()


def test_a_delivery_that_is_tried_again_logs_no_address(
    connector: Connector, mail_server: MailServer, caplog: pytest.LogCaptureFixture, queue: None
) -> None:
    """Celery logs what a task is retried for, with what it came from."""
    mail_server.refusals["RCPT"] = f"450 4.2.0 <{RECIPIENT}> greylisted"
    order = SEND | {"locale": "en", "fallback_locale": "en"}
    with caplog.at_level(logging.INFO):
        tracer = build_tracer(deliver_message.name, deliver_message, app=app)
        request = {"id": "1", "args": [], "kwargs": {}, "retries": 0, "is_eager": False, "hostname": "x"}
        tracer("1", ["default", seal_order(order)], {}, request)
    assert LastFailure.objects.get().reason == "recipient_refused"
    assert not AuditLog.objects.filter(key="Message.DeliveryFailed").exists()
    assert "retry" in lines(caplog)
    assert "example.com" not in lines(caplog)
