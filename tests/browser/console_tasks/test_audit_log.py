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


def test_entries_between_two_moments(console: ConsoleDriver, ids: dict[str, str]) -> None:
    page = console.page

    def listed(**moments: str) -> int:
        console.open("events/auditlog/")
        console.press("Filters")
        for label, moment in moments.items():
            console.type_moment(page.get_by_label(f"{label} (UTC)"), moment)
        with page.expect_navigation():
            console.activate(page.get_by_role("button", name="Apply Filters"))
        return page.locator("#result_list tbody tr").count()

    assert listed(From="01/01/2020 08:30 AM", Until="01/01/2090 08:30 PM") > 10
    assert "2090-01-01T20" in page.url
    assert listed(From="01/01/2090 08:30 AM") == 0
    assert listed(Until="01/01/2020 08:30 AM") == 0
