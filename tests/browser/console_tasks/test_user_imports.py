"""Users come with a file of which some rows are wrong, and go out again with their passwords."""

import json
from pathlib import Path

import pytest

from identity.models import UserImport
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver

FILE = """username,primaryEmail,emailVerified,name
zoe,zoe@example.com,true,Zoe
bad name,yan@example.com,true,Yan
zoe,other@example.com,true,Other
"""


@pytest.mark.parametrize("console", ["mouse"], indirect=True)
def test_a_file_is_checked_imported_and_exported(console: ConsoleDriver, read: Read, tmp_path: Path) -> None:
    """Rows were counted in sentences and lines in the table next to them."""
    page = console.page
    (tmp_path / "users.csv").write_text(FILE)
    console.open("user-imports/")
    page.get_by_label("File", exact=True).first.set_input_files(tmp_path / "users.csv")
    console.submit("Upload")
    console.sees("What the first rows become")
    console.submit("Check the file")
    console.sees("Row 1 of the file has the same value.")
    assert page.locator("tbody tr").first.locator("td").all_inner_texts()[:3] == ["2", "3", "username"]
    assert read("users?search=%25zoe%25") == []
    with enter_tenant("default"):
        UserImport.objects.update(status=UserImport.Status.CANCELED)
    page.reload()
    console.submit("Go on")
    console.submit("Import the users")
    console.sees("Completed")
    with page.expect_download() as problems:
        console.activate(page.get_by_role("link", name="Download as CSV"))
    assert len(problems.value.path().read_text().splitlines()) == 3
    [user] = read("users?search=%25zoe%25")
    assert user["primaryEmail"] == "zoe@example.com"

    console.open("user-imports/")
    with page.expect_download() as exported:
        console.press("Download")
    assert user["id"] in [json.loads(line)["id"] for line in exported.value.path().read_text().splitlines()]
