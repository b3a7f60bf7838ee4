"""The tenant's own words: written by mouse and by keyboard, read back by API, and seen on the sign-in page."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


def test_a_language_is_added_worded_and_reset(
    console: ConsoleDriver, read: Read, home: str, new_page: Callable[..., Any]
) -> None:
    console.open("languages/")
    console.fill("Add a language", "sv-SE")
    console.submit("Add")
    expect(console.page.get_by_role("heading", name="Swedish (Sweden)").first).to_be_visible()
    console.fill("Search", "action.sign_in")
    expect(console.page.get_by_label("Forgot your password?")).to_be_hidden()
    console.fill("Sign in", "Logga in")
    console.sees("Not saved")
    console.fill("Search", "no account yet")
    console.fill("No account yet?", "Inget konto?")
    console.fill("Search", "continue_with_provider")
    console.fill("Continue with %(provider)s", "Fortsätt")
    console.submit()
    console.sees("The placeholders have to be those of the sentence: %(provider)s")
    assert read("custom-phrases") == []
    console.fill("Search", "continue_with_provider")
    console.fill("Continue with %(provider)s", "Fortsätt med %(provider)s")
    console.save()
    [row] = read("custom-phrases")
    assert (row["languageTag"], row["translation"]) == (
        "sv-SE",
        {
            "action": {"sign_in": "Logga in", "continue_with_provider": "Fortsätt med %(provider)s"},
            "secondary": {"no_account": "Inget konto?"},
        },
    )

    visitor = new_page(locale="sv-FI")
    visitor.goto(f"{home}/demo-app")
    visitor.get_by_role("button", name="Logga in").click()
    expect(visitor.get_by_text("Inget konto?")).to_be_visible()
    expect(visitor.locator("html")).to_have_attribute("lang", "sv-SE")

    console.fill("Search", "continue_with_provider")
    console.press("Reset action.continue_with_provider")
    console.save()
    [row] = read("custom-phrases")
    assert row["translation"] == {"action": {"sign_in": "Logga in"}, "secondary": {"no_account": "Inget konto?"}}
    console.fill("Search", "continue_with_provider")
    console.submit("Reset all")
    [row] = read("custom-phrases")
    assert row["translation"] == {}
    console.open("languages/")
    console.submit("Delete Swedish (Sweden)")
    console.sees("The language was deleted.")
    assert read("custom-phrases") == []
