"""`/api/logs`."""

import time
from typing import Any

import pytest
from django.test import Client

from common.totals import total_of
from events.history import record
from events.models import AuditLog
from events.selectors import list_logs
from management_api.logs.serializers import LOG

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
    assert keys(api, f"logKey={token}") == keys(api, f"logKey={token}&applicationId=app1") == [token]
    assert keys(api, "logKey=TriggerHook.User.Created") == keys(api, f"logKey={token}&userId=alice") == []
    now = int(time.time() * 1000)
    assert keys(api, f"start_time={now - 60_000}&end_time={now + 60_000}") == [token, sign_in]
    assert keys(api, f"end_time={now - 60_000}") == []


def test_entries_of_a_kind_are_not_asked_whether_they_are_listed(api: Client, django_assert_num_queries: Any) -> None:
    """Their kind says it; asked of each entry it took most of the time of counting to 10,000."""
    logs = list_logs(key="Interaction.SignIn.Submit", user_id="alice")
    with django_assert_num_queries(2) as queries:
        assert (total_of(logs).number, LOG.page(logs, 0, 20).length) == (1, 1)
    assert not any("LIKE" in query["sql"] for query in queries.captured_queries)
    with django_assert_num_queries(0):
        unlisted = list_logs(key="TriggerHook.User.Created")
        assert (total_of(unlisted).number, LOG.page(unlisted, 0, 20).body) == (0, b"[]")


def test_an_entry(api: Client) -> None:
    row = api.get("/api/logs?userId=alice").json()[0]
    assert set(row) == {"tenantId", "id", "key", "payload", "createdAt"}
    assert row["payload"]["result"] == "Success"
    assert api.get(f"/api/logs/{row['id']}").json() == row
    assert error(api.get("/api/logs/none")) == (404, "entity.not_exists_with_id")


_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.1 Mobile/15E148 Safari/604.1"
)


def test_what_the_user_agent_says(api: Client) -> None:
    record("Unknown", userAgent=_IPHONE, said="\u2028")
    row = api.get("/api/logs?logKey=Unknown").json()[0]
    assert row["payload"]["userAgentParsed"] == {
        "ua": _IPHONE,
        "browser": {"name": "Mobile Safari", "version": "17.1", "major": "17"},
        "os": {"name": "iOS", "version": "17.1"},
        "device": {"model": "iPhone", "vendor": "Apple"},
    }
    one = api.get(f"/api/logs/{row['id']}")
    assert (one.json(), b"\\u2028" in one.content) == (row, True)
    assert "userAgentParsed" not in AuditLog.objects.get(id=row["id"]).payload
    assert "userAgentParsed" not in api.get("/api/logs?userId=alice").json()[0]["payload"]


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


def test_how_long_entries_are_kept(api: Client, settings: Any) -> None:
    settings.AUDIT_RETENTION_DAYS = 90
    address = "/api/configs/audit-log"
    assert api.get(address).json() == {"retentionDays": None}
    changed = api.patch(address, {"retentionDays": 30}, content_type="application/json")
    assert (changed.status_code, changed.json()) == (200, {"retentionDays": 30})
    assert api.get(address).json() == {"retentionDays": 30}
    refused = api.patch(address, {"retentionDays": 91}, content_type="application/json")
    assert error(refused) == (400, "guard.invalid_input")
    assert refused.json()["data"]["issues"][0]["path"] == "retentionDays"
    written = AuditLog.objects.get(key="Setting.Updated").payload
    assert (written["before"], written["after"]) == ({"retentionDays": None}, {"retentionDays": 30})
