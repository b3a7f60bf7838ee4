"""`/api/logs`."""

import time
from typing import Any

import pytest
from django.test import Client

from events.history import record
from events.models import AuditLog

pytestmark = pytest.mark.django_db


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture(autouse=True)
def history(api: Client) -> None:
    AuditLog.objects.all().delete()
    record("ExchangeTokenBy.ClientCredentials", application_id="app1")
    record("Interaction.SignIn.Submit", user_id="alice", application_id="app2")
    record("TriggerHook.User.Created")


def keys(api: Client, query: str = "") -> list[str]:
    response = api.get(f"/api/logs?{query}")
    assert response.status_code == 200
    return sorted(row["key"] for row in response.json())


def test_the_list_and_its_filters(api: Client) -> None:
    sign_in, token = "Interaction.SignIn.Submit", "ExchangeTokenBy.ClientCredentials"
    assert keys(api) == [token, sign_in]
    assert keys(api, "userId=alice") == [sign_in]
    assert keys(api, "applicationId=app1") == [token]
    assert keys(api, f"logKey={token}") == [token]
    now = int(time.time() * 1000)
    assert keys(api, f"start_time={now - 60_000}&end_time={now + 60_000}") == [token, sign_in]
    assert keys(api, f"end_time={now - 60_000}") == []


def test_an_entry(api: Client) -> None:
    row = api.get("/api/logs?userId=alice").json()[0]
    assert set(row) == {"tenantId", "id", "key", "payload", "createdAt"}
    assert row["payload"]["result"] == "Success"
    assert api.get(f"/api/logs/{row['id']}").json() == row
    assert error(api.get("/api/logs/none")) == (404, "entity.not_exists_with_id")


def test_bad_windows(api: Client) -> None:
    assert error(api.get("/api/logs?start_time=yesterday")) == (400, "guard.invalid_input")
    assert error(api.get("/api/logs?start_time=2&end_time=1")) == (400, "log.invalid_time_window")


def test_the_count_stops_at_the_cap(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Total-Number-Is-Capped" not in api.get("/api/logs").headers
    monkeypatch.setattr("common.totals.COUNT_CAP", 1)
    capped = api.get("/api/logs?page_size=1")
    assert capped.headers["Total-Number"] == "2"
    assert capped.headers["Total-Number-Is-Capped"] == "true"
    assert 'rel="last"' not in capped.headers["Link"]
    assert 'page=2>; rel="next"' in capped.headers["Link"]
    assert 'rel="next"' not in api.get("/api/logs?page_size=1&page=3").headers["Link"]
