"""`/api/log-streams`."""

from typing import Any

import pytest
from django.test import Client

from common.http import Response
from events.models import AuditLog
from events.streams import delivery

pytestmark = pytest.mark.django_db

CONFIG = {"url": "https://logs.example.com/in", "headers": {"Authorization": "Bearer s3cret"}}


def send(api: Client, method: str, path: str, body: Any = None) -> Any:
    return getattr(api, method)(f"/api/log-streams{path}", body or {}, content_type="application/json")


def test_a_stream_is_set_up_changed_tested_and_deleted(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = send(api, "post", "", {"name": "Collector", "kind": "Http", "config": CONFIG})
    assert made.status_code == 201
    row = made.json()
    assert row["config"] == {"url": CONFIG["url"], "headers": {"Authorization": "******"}, "format": "ndjson"}
    assert (row["state"], row["sentCount"], row["error"]) == ("active", 0, None)
    assert api.get("/api/log-streams").json() == [row]
    assert api.get(f"/api/log-streams/{row['id']}").json() == row
    changed = send(api, "patch", f"/{row['id']}", {"config": row["config"] | {"format": "json"}, "enabled": False})
    assert (changed.status_code, changed.json()["state"]) == (200, "off")
    assert changed.json()["config"]["format"] == "json"
    asked: list[Any] = []

    def answer(*arguments: Any, headers: dict[str, str], **options: Any) -> Response:
        asked.append(headers["authorization"])
        return Response(204 if len(asked) == 1 else 403, {}, b"")

    monkeypatch.setattr(delivery, "fetch", answer)
    assert send(api, "post", f"/{row['id']}/test").status_code == 204
    assert asked == ["Bearer s3cret"]
    failed = send(api, "post", f"/{row['id']}/test")
    assert (failed.status_code, failed.json()["code"]) == (422, "log.stream_test_failed")
    assert send(api, "post", f"/{row['id']}/resume").status_code == 200
    assert api.delete(f"/api/log-streams/{row['id']}").status_code == 204
    assert api.get(f"/api/log-streams/{row['id']}").json()["code"] == "entity.not_exists_with_id"
    keys = AuditLog.objects.filter(key__startswith="LogStream.").order_by("created_at").values_list("key", flat=True)
    assert list(keys) == ["LogStream.Created", "LogStream.Updated", "LogStream.Deleted"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "kind": "Http", "config": CONFIG},
        {"name": "x", "kind": "Carrier pigeon", "config": CONFIG},
        {"name": "x", "kind": "Http", "config": {}},
        {"name": "x", "kind": "Http", "config": {"url": "file:///etc/passwd"}},
        {"name": "x", "kind": "Http", "config": CONFIG | {"format": "xml"}},
        {"name": "x", "kind": "Http", "config": CONFIG | {"headers": {"Host": "x"}}},
        {"name": "x", "kind": "Http", "config": CONFIG | {"headers": {"X-Key": "******"}}},
        {"name": "x", "kind": "Http", "config": CONFIG | {"headers": {"X-Key": "a\r\nb: c"}}},
    ],
    ids=["name", "kind", "no address", "scheme", "format", "reserved", "mask", "line break"],
)
def test_what_cannot_be_a_stream_is_refused(api: Client, body: dict[str, Any]) -> None:
    refused = send(api, "post", "", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "guard.invalid_input")
