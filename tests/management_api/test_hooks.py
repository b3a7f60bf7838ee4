"""`/api/hooks`: webhooks, tests, what was sent, and sending it again."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from applications.models import Application
from common.clock import now, to_milliseconds
from events.models import AuditLog, Delivery, Hook
from events.streams.services import send_test_entry
from events.webhooks.configuration import MOST_HOOKS
from events.webhooks.delivery import deliver_waiting
from events.webhooks.names import EVENTS
from events.webhooks.trial import limited_test
from tenants.context import enter_tenant
from tenants.rate_limits import TooManyRequestsError
from tests.management_api.conftest import api_client
from tests.sink import Sink, running_sink

URL = "/api/hooks"
MEMBERS = ["tenantId", "id", "name", "event", "events", "config", "signingKey", "enabled", "createdAt"]
MORE = ["isOrdered", "pausedAt", "pauseReason", "previousKeyExpiresAt"]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


def send(api: Client, method: str, path: str = "", body: Any = None) -> Any:
    call = getattr(api, method)
    return call(f"{URL}{path}") if body is None else call(f"{URL}{path}", body, content_type="application/json")


def make(api: Client, sink: Sink, **values: Any) -> dict[str, Any]:
    body = {"name": "Orders", "events": ["Organization.Created"], "config": {"url": sink.url}, **values}
    answer = send(api, "post", "", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def happen(api: Client, name: str = "Acme") -> None:
    assert api.post("/api/organizations", {"name": name}, content_type="application/json").status_code == 201


def deliver() -> None:
    with enter_tenant("default"):
        deliver_waiting(seconds=10)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_life_of_a_webhook(api: Client, sink: Sink) -> None:
    config = {"url": sink.url, "headers": {"X-Source": "gatehouse"}, "retries": 3}
    events = ["User.Created", "User.Created", "PostSignIn"]
    hook = make(api, sink, events=events, config=config, id="mine", signingKey="mine")
    assert list(hook) == [*MEMBERS, *MORE]
    assert (hook["event"], hook["events"], hook["config"]) == (None, ["User.Created", "PostSignIn"], config)
    assert (len(hook["id"]), len(hook["signingKey"]), hook["enabled"], hook["isOrdered"]) == (21, 32, True, False)
    assert send(api, "get", f"/{hook['id']}").json() == hook
    assert send(api, "get").json() == [hook]
    changed = send(api, "patch", f"/{hook['id']}", {"config": {"url": sink.url}, "enabled": False, "unknown": 1}).json()
    assert changed == {**hook, "config": {"url": sink.url}, "enabled": False}
    assert send(api, "delete", f"/{hook['id']}").status_code == 204
    assert code_of(send(api, "get", f"/{hook['id']}")) == (404, "entity.not_exists_with_id")
    assert code_of(send(api, "delete", f"/{hook['id']}")) == (404, "entity.not_found")
    assert code_of(send(api, "patch", f"/{hook['id']}", {"enabled": True})) == (404, "entity.not_exists_with_id")


def test_a_single_event_of_old_stays_alone(api: Client, sink: Sink) -> None:
    hook = send(api, "post", "", {"event": "PostSignIn", "config": {"url": sink.url}}).json()
    assert (hook["name"], hook["event"], hook["events"]) == ("", "PostSignIn", [])
    assert code_of(send(api, "patch", f"/{hook['id']}", {"event": None})) == (400, "hook.missing_events")


@pytest.mark.parametrize(
    "changes",
    [
        {"events": []},
        {"events": ["Nothing.Happened"]},
        {"config": None},
        {"config": {}},
        {"config": {"url": "ftp://a.example"}},
        {"config": {"url": "https://a@a.example"}},
        {"config": {"url": "https://a.example/" + "a" * 2048}},
        {"config": {"url": "https://a.example", "retries": 4}},
        {"name": ""},
        {"name": "a" * 257},
        {"enabled": "yes"},
    ],
)
def test_what_cannot_be_is_refused(api: Client, changes: Any) -> None:
    body = {"events": ["PostSignIn"], "config": {"url": "https://a.example"}, **changes}
    assert code_of(send(api, "post", "", body)) == (400, "guard.invalid_input")
    with enter_tenant("default"):
        assert not Hook.objects.exists()


def test_without_events_there_is_no_webhook(api: Client) -> None:
    assert code_of(send(api, "post", "", {"config": {"url": "https://a.example"}})) == (400, "hook.missing_events")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "other"},
        {"content-length": "1"},
        {"Logto-Signature-Sha-256": "x"},
        {"Webhook-Id": "x"},
        {"X-A": "a\r\nX-B: b"},
        {"X A": "a"},
        {"X-A": "é"},
        {"X-A": 1},
        {"X-A": "a" * 2049},
        {f"X-{number}": "a" for number in range(21)},
    ],
)
def test_headers_that_cannot_be_are_refused(api: Client, headers: Any) -> None:
    body = {"events": ["PostSignIn"], "config": {"url": "https://a.example", "headers": headers}}
    assert code_of(send(api, "post", "", body)) == (400, "guard.invalid_input")


def test_an_empty_change_is_none(api: Client, sink: Sink) -> None:
    hook = make(api, sink)
    assert code_of(send(api, "patch", f"/{hook['id']}", {})) == (422, "entity.invalid_input")
    assert code_of(send(api, "patch", f"/{hook['id']}", {"signingKey": "mine"})) == (422, "entity.invalid_input")


def test_a_tenant_has_so_many_and_no_more(api: Client, sink: Sink) -> None:
    for _number in range(MOST_HOOKS):
        make(api, sink)
    body = {"events": ["PostSignIn"], "config": {"url": sink.url}}
    assert code_of(send(api, "post", "", body)) == (422, "hook.too_many")
    page = send(api, "get", "?page=1&page_size=2")
    assert (len(page.json()), page["Total-Number"]) == (2, str(MOST_HOOKS))


def test_keys_and_configuration_are_sealed_and_not_logged(api: Client, sink: Sink) -> None:
    hook = make(api, sink, config={"url": sink.url, "headers": {"Authorization": "Bearer walnut"}})
    send(api, "patch", f"/{hook['id']}", {"config": {"url": sink.url, "headers": {"Authorization": "Bearer copper"}}})
    with enter_tenant("default"):
        row = Hook.objects.values().get()
        entries = AuditLog.objects.filter(key__startswith="Webhook.").order_by("created_at")
        said = str([entry.payload for entry in entries])
        assert [entry.key for entry in entries] == ["Webhook.Created", "Webhook.Updated"]
    assert entries[1].payload["changed"] == ["config.headers"]
    for secret in ("walnut", "copper", hook["signingKey"]):
        assert secret not in said
        assert all(
            secret.encode() not in bytes(value) for value in row.values() if isinstance(value, memoryview | bytes)
        )


def test_a_new_signing_key(api: Client, sink: Sink) -> None:
    hook = make(api, sink)
    rotated = send(api, "patch", f"/{hook['id']}/signing-key").json()
    assert rotated == {**hook, "signingKey": rotated["signingKey"]}
    assert rotated["signingKey"] != hook["signingKey"]
    overlapping = send(api, "patch", f"/{hook['id']}/signing-key", {"overlap": 3600}).json()
    expected = to_milliseconds(now())
    assert expected is not None
    assert 3_500_000 < overlapping["previousKeyExpiresAt"] - expected <= 3_600_000
    refused = send(api, "patch", f"/{hook['id']}/signing-key", {"overlap": 8 * 24 * 3600})
    assert code_of(refused) == (400, "guard.invalid_input")


def test_an_answer_that_is_odd_json_is_shown_as_it_came(api: Client, sink: Sink) -> None:
    """Python reads numbers that no JSON has, and the list of what was sent could not be answered for two weeks."""
    hook = make(api, sink)
    answers = ["NaN", '{"a":1e999}', "[" * 995 + "]" * 995]
    for answer in answers:
        sink.answer = answer.encode()
        happen(api)
        deliver()
    found = send(api, "get", f"/{hook['id']}/recent-logs")
    assert found.status_code == 200
    assert sorted(row["payload"]["response"]["body"] for row in found.json()) == sorted(answers)


def test_every_event_can_be_tested(api: Client, sink: Sink) -> None:
    hook = make(api, sink)
    body = {"events": list(EVENTS), "config": {"url": sink.url, "headers": {"X-Test": "yes"}}}
    assert send(api, "post", f"/{hook['id']}/test", body).status_code == 204
    assert sorted(posted.json["event"] for posted in sink.posted) == sorted(EVENTS)
    for posted in sink.posted:
        assert list(posted.json)[:3] == ["event", "hookId", "createdAt"]
        assert posted.json["hookId"] == hook["id"]
        assert posted.headers["x-test"] == "yes"
        assert posted.headers["logto-signature-sha-256"]
    with enter_tenant("default"):
        assert not Delivery.objects.exists()


def test_tests_that_fail_say_why(api: Client, sink: Sink, settings: LazySettings) -> None:
    hook = make(api, sink)
    body = {"events": ["PostSignIn", "User.Created"], "config": {"url": sink.url}}
    sink.status, sink.answer = 500, b"broken"
    answer = send(api, "post", f"/{hook['id']}/test", body)
    assert code_of(answer) == (422, "hook.endpoint_responded_with_error")
    assert answer.json()["data"] == {"responseStatus": 500, "responseBody": "broken"}
    assert len(sink.posted) == 2
    closed = {**body, "config": {"url": "http://127.0.0.1:9/"}}
    assert code_of(send(api, "post", f"/{hook['id']}/test", closed)) == (422, "hook.send_test_payload_failed")
    settings.ALLOW_PRIVATE_ADDRESSES = False
    assert code_of(send(api, "post", f"/{hook['id']}/test", body)) == (422, "hook.send_test_payload_failed")
    assert len(sink.posted) == 2
    assert code_of(send(api, "post", "/unknown/test", body)) == (404, "entity.not_exists_with_id")


def test_tests_that_wait_leave_threads_to_others(api: Client, sink: Sink) -> None:
    """Eight tests of an endpoint that never answers held all threads of a process: nobody could sign in meanwhile."""
    hook = make(api, sink)
    body = {"events": ["PostSignIn"], "config": {"url": sink.url}}
    with limited_test(), limited_test():
        refused = send(api, "post", f"/{hook['id']}/test", body)
        assert code_of(refused) == (429, "request.rate_limited")
        assert int(refused.headers["Retry-After"]) > 0
        with enter_tenant("default"), pytest.raises(TooManyRequestsError):
            send_test_entry("Http", {"url": sink.url})
    assert sink.posted == []
    assert send(api, "post", f"/{hook['id']}/test", body).status_code == 204


def test_what_was_sent_is_told_as_logs_and_figures(api: Client, sink: Sink, backend: Application) -> None:
    hook = make(api, sink)
    happen(api)
    deliver()
    sink.status, sink.answer = 500, b"not json"
    happen(api, "Globex")
    deliver()
    failed, succeeded = send(api, "get", f"/{hook['id']}/recent-logs").json()
    assert list(succeeded) == ["id", "key", "payload", "createdAt"]
    assert succeeded["key"] == "TriggerHook.Organization.Created"
    body = json.loads(sink.posted[0].body)
    assert succeeded["payload"] == {
        "key": "TriggerHook.Organization.Created",
        "result": "Success",
        "hookId": hook["id"],
        "hookRequest": {"body": body},
        "response": {"statusCode": 200, "body": {"taken": True}},
    }
    assert body["application"]["id"] == backend.id
    assert failed["payload"]["result"] == "Error"
    assert failed["payload"]["response"] == {"statusCode": 500, "body": "not json"}
    assert failed["payload"]["error"] == "the endpoint answered 500"
    stats = {"successCount": 1, "requestCount": 2}
    assert send(api, "get", f"/{hook['id']}?includeExecutionStats=false").json()["executionStats"] == stats
    assert send(api, "get", "?includeExecutionStats=true").json()[0]["executionStats"] == stats
    assert "executionStats" not in send(api, "get", "?includeExecutionStats=false").json()[0]
    logs = f"/{hook['id']}/recent-logs"
    assert send(api, "get", f"{logs}?logKey=TriggerHook.PostSignIn").json() == []
    assert send(api, "get", f"{logs}?logKey=Other").json() == []
    assert len(send(api, "get", f"{logs}?logKey=TriggerHook.Organization.Created&page=1&page_size=1").json()) == 1
    assert send(api, "get", f"{logs}?end_time=1000").json() == []
    assert code_of(send(api, "get", f"{logs}?start_time=2000&end_time=1000")) == (400, "log.invalid_time_window")
    assert code_of(send(api, "get", f"{logs}?start_time=now")) == (400, "guard.invalid_input")
    assert send(api, "get", "/unknown/recent-logs").json() == []
    # What was sent has a list of its own.
    assert not any(row["key"].startswith("TriggerHook") for row in api.get("/api/logs").json())


def test_deliveries_are_read_and_sent_again(api: Client, sink: Sink) -> None:
    hook = make(api, sink, config={"url": sink.url, "retries": 0})
    sink.status = 503
    happen(api)
    deliver()
    path = f"/{hook['id']}/deliveries"
    (row,) = send(api, "get", f"{path}?state=failed&event=Organization.Created").json()
    assert list(row) == ["id", "hookId", "event", "state", "attemptCount", "nextAttemptAt", "createdAt"]
    assert (row["state"], row["attemptCount"], row["nextAttemptAt"]) == ("failed", 1, None)
    detail = send(api, "get", f"{path}/{row['id']}").json()
    assert detail["request"] == {"body": sink.posted[0].json}
    assert [(attempt["statusCode"], attempt["result"]) for attempt in detail["attempts"]] == [(503, "Error")]
    sink.status = 200
    again = send(api, "post", f"{path}/{row['id']}/replay")
    assert (again.status_code, again.json()["state"]) == (202, "pending")
    deliver()
    span = {"startTime": row["createdAt"], "endTime": row["createdAt"] + 1}
    assert send(api, "post", f"{path}/replay", {**span, "state": "failed"}).json() == {"count": 0}
    assert send(api, "post", f"{path}/replay", span).json() == {"count": 1}
    deliver()
    assert {posted.headers["webhook-id"] for posted in sink.posted} == {row["id"]}
    assert len(sink.posted) == 3
    assert send(api, "get", f"{path}/{row['id']}").json()["state"] == "delivered"
    assert code_of(send(api, "get", f"{path}/unknown")) == (404, "entity.not_exists_with_id")
    assert code_of(send(api, "post", f"{path}/replay", {})) == (400, "guard.invalid_input")
    assert code_of(send(api, "get", f"{path}?state=other")) == (400, "guard.invalid_input")


def test_a_paused_webhook_is_resumed(api: Client, sink: Sink) -> None:
    hook = make(api, sink)
    sink.status = 410
    happen(api)
    deliver()
    paused = send(api, "get", f"/{hook['id']}").json()
    assert (paused["pauseReason"], paused["enabled"]) == ("gone", True)
    assert paused["pausedAt"]
    resumed = send(api, "post", f"/{hook['id']}/resume").json()
    assert (resumed["pausedAt"], resumed["pauseReason"]) == (None, None)


def test_another_tenants_webhooks_are_not_there(api: Client, acme_api: Client, sink: Sink) -> None:
    hook = make(api, sink)
    assert send(acme_api, "get").json() == []
    assert code_of(send(acme_api, "get", f"/{hook['id']}")) == (404, "entity.not_exists_with_id")
    happen(acme_api)
    deliver()
    assert sink.posted == []


def test_a_token_without_the_permission_is_refused(backend: Application) -> None:
    assert code_of(api_client(backend, scope="openid").get(URL)) == (403, "auth.forbidden")
