"""The audit log is filtered, taken along as two kinds of file, and kept for as long as is wanted."""

import csv
import json

import pytest

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


@pytest.mark.parametrize("console", ["keyboard"], indirect=True)
def test_what_is_listed_is_downloaded(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    page = console.page
    console.open("events/auditlog/?event=Organization.Created")
    with page.expect_download() as table:
        console.press("CSV")
    with page.expect_download() as lines:
        console.press("NDJSON")
    rows = list(csv.DictReader(table.value.path().read_text().splitlines()))
    entries = [json.loads(line) for line in lines.value.path().read_text().splitlines()]
    assert [row["id"] for row in rows] == [entry["id"] for entry in entries]
    assert {entry["key"] for entry in entries} == {"Organization.Created"}
    assert ids["organization"] in [entry["payload"]["subject"]["id"] for entry in entries]

    console.open("tenant/settings/")
    console.fill("Audit log is kept for", "0")
    console.submit("Save")
    console.sees("greater than or equal to 1")
    console.fill("Audit log is kept for", "30")
    console.save()
    assert read("configs/audit-log") == {"retentionDays": 30}
