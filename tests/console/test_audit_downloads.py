"""What the audit log's page lists, as a file."""

import csv
import io
import json
from threading import BoundedSemaphore
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import downloads
from events.history import record
from events.models import AuditLog
from tenants.context import enter_tenant

START = "/console/default/events/auditlog"


@pytest.fixture
def entries(installation: dict[str, Any]) -> None:
    for tenant, user in (("default", "alice"), ("default", "bob"), ("admin", "alice")):
        with enter_tenant(tenant):
            record("Interaction.SignIn.Submit", user_id=user, params={"note": f"of {tenant}"})
    with enter_tenant("default"):
        record("User.Created", user_id="=cmd()", note='a,b\n"c"')


def lines(console: Client, layout: str, query: str = "") -> list[str]:
    answer: Any = console.post(f"{START}/download/{layout}/{query}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return b"".join(answer.streaming_content).decode().splitlines()


def test_every_entry_is_in_it_once(
    console: Client, entries: None, monkeypatch: pytest.MonkeyPatch, installation: dict[str, Any]
) -> None:
    monkeypatch.setattr(downloads, "_PAGE", 2)
    with enter_tenant("default"):
        wanted = list(AuditLog.objects.order_by("-created_at", "id").values_list("id", flat=True))
    found = [json.loads(line) for line in lines(console, "ndjson")]
    assert [entry["id"] for entry in found if entry["key"] != "AuditLog.Downloaded"] == wanted
    assert {entry["tenantId"] for entry in found} == {"default"}


def test_a_statement_does_not_grow_with_the_file(
    console: Client, entries: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page had the conditions of all before it: a file of a million entries would never have come to its end."""
    monkeypatch.setattr(downloads, "_PAGE", 1)
    answer: Any = console.post(f"{START}/download/ndjson/")
    with CaptureQueriesContext(connection) as queries:
        found = list(answer.streaming_content)
    lengths = [len(query["sql"]) for query in queries if "created_at" in query["sql"]]
    assert len(found) >= 4
    assert len(lengths) == len(found) + 1
    assert len(set(lengths[1:])) == 1


def test_the_filters_hold_and_are_recorded(console: Client, entries: None) -> None:
    [line] = lines(console, "ndjson", "?user_id=alice")
    assert json.loads(line)["payload"]["userId"] == "alice"
    with enter_tenant("default"):
        written = AuditLog.objects.get(key="AuditLog.Downloaded").payload
    assert written["after"] == {"format": "ndjson", "filters": {"user_id": "alice"}}
    assert written["actor"]["kind"] == "developer"


def test_no_cell_is_run_by_a_spreadsheet(console: Client, entries: None) -> None:
    text = "\n".join(lines(console, "csv", "?event=User.Created"))
    rows = list(csv.DictReader(io.StringIO(text)))
    row = next(row for row in rows if "cmd" in row["userId"])
    assert row["userId"] == "'=cmd()"
    assert json.loads(row["payload"])["note"] == 'a,b\n"c"'


def test_only_a_click_downloads(console: Client, entries: None) -> None:
    assert console.get(f"{START}/download/csv/").status_code == 404
    assert console.post(f"{START}/download/xml/").status_code == 404
    assert "Download what is listed" in console.get(f"{START}/").content.decode()


def test_a_download_too_many_is_told_so(console: Client, entries: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.downloads._places", BoundedSemaphore(0))
    page = console.post(f"{START}/download/csv/?user_id=alice", follow=True)
    assert page.redirect_chain == [(f"{START}/?user_id=alice", 302)]
    assert "There are too many requests" in page.content.decode()
    with enter_tenant("default"):
        assert not AuditLog.objects.filter(key="AuditLog.Downloaded").exists()
