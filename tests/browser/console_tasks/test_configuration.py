"""A configuration file is downloaded, read as a plan and applied, by mouse and by keyboard."""

from pathlib import Path

import pytest

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver

FILE = """version: 1
captcha: {type: Turnstile, config: {siteKey: site, secretKey: "${env:TURNSTILE}"}}
signInExperience: {supportWebsiteUrl: "https://help.example"}
"""


def test_a_file_is_planned_and_applied(console: ConsoleDriver, read: Read, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("version: 1\nroles: [{nam: Picker}]\n")
    (tmp_path / "acme.yaml").write_text(FILE)
    console.open("tenant/configuration/")
    console.page.get_by_label("YAML or JSON file").set_input_files(tmp_path / "broken.yaml")
    console.press("Show the plan")
    console.sees("roles[0].nam")
    console.page.get_by_label("YAML or JSON file").set_input_files(tmp_path / "acme.yaml")
    console.fill("Secrets of the file", "TURNSTILE=the-secret-of-turnstile")
    console.press("Show the plan")
    console.sees("+ captcha")
    assert read("sign-in-exp")["supportWebsiteUrl"] is None
    console.press("Apply")
    console.sees("Applied: 2 things changed.")
    assert read("captcha-provider")["config"]["secretKey"] == "the-secret-of-turnstile"
    assert read("sign-in-exp")["supportWebsiteUrl"] == "https://help.example"


@pytest.mark.parametrize("console", ["keyboard"], indirect=True)
def test_what_was_downloaded_is_changed_and_applied(console: ConsoleDriver, read: Read, tmp_path: Path) -> None:
    page = console.page
    console.open("tenant/configuration/")
    with page.expect_download() as download:
        console.press("Download")
    text = download.value.path().read_text()
    changed = tmp_path / "changed.yaml"
    changed.write_text(text.replace("supportEmail: null", "supportEmail: help@shop.example"))
    page.get_by_label("YAML or JSON file").set_input_files(changed)
    console.submit("Show the plan")
    console.sees("0 to create, 1 to change, 0 to delete.")
    console.submit("Apply")
    console.sees("Applied: 1 thing changed.")
    assert read("sign-in-exp")["supportEmail"] == "help@shop.example"
