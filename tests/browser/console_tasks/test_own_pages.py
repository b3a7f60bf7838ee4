"""The hosted pages are seen before they are saved, and own ones are uploaded and left: by mouse and by keyboard."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.browser.test_own_pages import zipped


def test_the_preview_follows_what_is_not_saved(console: ConsoleDriver, read: Read) -> None:
    console.open("experience/signinexperience/")
    frame = console.page.frame_locator(".gh-screen iframe:not([hidden])")
    expect(frame.get_by_role("heading", name="Sign in", include_hidden=True)).to_be_attached()
    console.open_tab("Sign-up")
    console.choose("Access", "New users only")
    expect(frame.get_by_text("Nobody is led to this page.")).to_be_attached()
    console.choose("Page", "Sign-up")
    expect(frame.get_by_role("heading", name="Create your account", include_hidden=True)).to_be_attached()
    console.choose("Language", "Deutsch")
    expect(frame.locator("html[lang=de]")).to_be_attached()
    console.pick("Dark")
    expect(frame.locator("body")).to_have_css("color", "rgb(241, 242, 246)")
    console.pick("Desktop")
    expect(console.page.locator("[data-device=desktop]")).to_be_attached()
    assert read("sign-in-exp")["signInMode"] == "SignInAndRegister"


def test_own_pages_come_and_go(console: ConsoleDriver, read: Read, tmp_path: Path) -> None:
    (tmp_path / "pages.zip").write_bytes(zipped())
    (tmp_path / "evil.zip").write_bytes(b"no archive")
    console.open("own-pages/")
    console.page.get_by_label("ZIP file").set_input_files(tmp_path / "evil.zip")
    console.press("Upload")
    console.sees("Files of this kind are not allowed.")
    console.page.get_by_label("ZIP file").set_input_files(tmp_path / "pages.zip")
    console.press("Upload")
    console.sees("Uploaded.")
    assert read("sign-in-exp")["customUiAssets"]
    console.fill("Scripts and frames from", "https://*.example.com")
    console.press("Save")
    console.sees("Write one host with its scheme")
    console.fill("Scripts and frames from", "https://cdn.example.com")
    console.press("Save")
    console.sees("Saved.")
    assert read("sign-in-exp")["customUiCsp"] == {"scriptSrc": ["https://cdn.example.com"], "connectSrc": []}
    console.press("Go back to the hosted pages")
    console.sees("Users see the hosted pages again.")
    assert read("sign-in-exp")["customUiAssets"] is None
    console.press("Delete")
    console.sees("Deleted.")
