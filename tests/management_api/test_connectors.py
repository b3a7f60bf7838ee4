"""`/api/connectors`: odd configurations, a test message, and the last failure."""

import json
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from connectors.kinds.smtp import FACTORY_ID
from connectors.services.connectors import create_connector
from connectors.services.messages import send_message
from events.models import AuditLog
from tests.mail_server import run_mail_server

pytestmark = pytest.mark.django_db

JSON = "application/json"
CONFIG = {"host": "localhost", "port": 25, "fromEmail": "no-reply@example.com"}
LONG = "a" * 64


def post_test(api: Client, body: str | dict[str, Any]) -> Any:
    return api.post(f"/api/connectors/{FACTORY_ID}/test", body, content_type=JSON)


@pytest.mark.parametrize(
    "change",
    [
        {"host": "mail..example"},
        {"host": "mail.example\0"},
        {"host": "\ud800"},
        {"host": f"{LONG}.example"},
        {"host": "[::1]"},
        {"host": "::1%eth0"},
        {"host": "http://mail.example"},
        {"host": ""},
        {"host": ["mail.example"]},
        {"port": 0},
        {"port": 65_536},
        {"port": "25"},
        {"port": 1e400},
        {"port": True},
        {"auth": {"user": "robot", "pass": ""}},
        {"auth": []},
        {"auth": {"user": "\ud800", "pass": "secret"}},
        {"fromEmail": f"a@{LONG}.example"},
        {"fromEmail": "\udfff@example.com"},
        {"replyTo": "a@example.com\0"},
        {"customHeaders": {"\ud800": "a"}},
        {"customHeaders": {"X-A": "\ud800"}},
        {"templates": [{"usageType": "\ud800", "contentType": "\ud800", "subject": "\0", "content": "\ud800"}]},
        {"tls": "none"},
        {"\ud800": "a"},
        {"tls": {"\ud800": "a"}},
    ],
)
def test_odd_configurations_are_refused(api: Client, change: dict[str, Any]) -> None:
    """Several were 500 with a `UnicodeError`, while the resolver encoded the name or the answer was written."""
    answer = post_test(api, json.dumps({"email": "bob@example.com", "config": CONFIG | change}))
    assert answer.status_code == 400
    assert answer.json()["code"] in ("connector.invalid_config", "guard.invalid_input")


@pytest.mark.parametrize(
    "host", ["::1", "::ffff:127.0.0.1", "fe80::1", "0.0.0.0", "127.1", "0x7f.1", "2130706433", "localhost"]
)
def test_addresses_of_this_machine_are_refused(api: Client, settings: Any, host: str) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    answer = post_test(api, {"email": "bob@example.com", "config": CONFIG | {"host": host}})
    assert answer.status_code == 400
    assert answer.json()["code"] == "connector.general"
    assert answer.json()["data"]["reason"] in ("host_refused", "host_not_found")


@pytest.mark.parametrize(
    "recipient",
    [
        {"email": f"bob@{LONG}.example"},
        {"email": "bob@mail..example"},
        {"email": "bob@example.com\0"},
        {"email": "bob\ud800@example.com"},
        {"email": "bob@example.com, alice@example.com"},
        {"email": "<bob@example.com>"},
        {"email": ""},
        {"email": None},
        {"phone": "0"},
        {"phone": "١٢٣٤٥٦٧٨٩"},
        {"phone": "+491711234567"},
        {},
    ],
)
def test_recipients_that_are_none_are_refused(api: Client, recipient: dict[str, Any]) -> None:
    answer = post_test(api, json.dumps(recipient | {"config": CONFIG}))
    assert answer.status_code == 400
    assert answer.json()["code"] in ("guard.invalid_input", "connector.unexpected_type")


def test_the_providers_reason_is_told_to_whoever_tests(api: Client) -> None:
    with run_mail_server(takes_utf8=False) as server:
        config = CONFIG | {"port": server.port}
        answer = post_test(api, {"email": "jörg@example.com", "config": config})
        assert answer.json()["data"]["reason"] == "address_not_supported"
        server.refusals["RCPT"] = "550 5.7.1 relaying denied"
        answer = post_test(api, {"email": "bob@example.com", "config": config})
        assert answer.json()["data"]["reason"] == "recipient_refused"
        assert "relaying denied" in answer.json()["data"]["message"]
        server.refusals.clear()
        assert post_test(api, {"email": "bob@example.com", "config": config}).status_code == 204
        assert len(server.received) == 1


def test_the_last_failure_is_shown(api: Client, django_capture_on_commit_callbacks: Any) -> None:
    with run_mail_server() as server:
        server.refusals["RCPT"] = "550 5.1.1 <bob@example.com> unknown"
        connector = create_connector(factory_id=FACTORY_ID, config=CONFIG | {"port": server.port}, actor=SYSTEM)
        address = f"/api/connectors/{connector.id}"
        assert api.get(address).json()["lastFailure"] is None
        with django_capture_on_commit_callbacks(execute=True):
            send_message(channel="email", recipient="bob@example.com", template_type="SignIn", payload={"code": "1"})
    failure = api.get(address).json()["lastFailure"]
    assert failure["reason"] == "recipient_refused"
    assert failure["templateType"] == "SignIn"
    assert failure["occurredAt"] > 0
    assert "bob" not in str(failure)
    [listed] = api.get("/api/connectors").json()
    assert listed["lastFailure"] == failure
    [entry] = AuditLog.objects.filter(key="Message.DeliveryFailed")
    assert entry.payload["reason"] == "recipient_refused"
    assert "bob" not in str(entry.payload)
