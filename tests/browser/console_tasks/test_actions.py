"""Actions in the console."""

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.experience.legacy import API_KEY, RECIPE, legacy_service


def test_an_action_is_tried_saved_switched_off_and_removed(console: ConsoleDriver, read: Read) -> None:
    with legacy_service() as legacy:
        legacy.users["bob"] = {
            "password": "a made-up password",
            "name": "Bob",
            "email": "bob@example.com",
            "plan": "gold",
        }
        console.open("actions/")
        console.fill("Script", RECIPE)
        console.fill("Environment variables", f'{{"LEGACY_URL": "{legacy.url}/login", "LEGACY_KEY": "{API_KEY}"}}')
        console.fill("Allowed hosts", legacy.host)
        console.submit("Try out")
        console.sees('"primaryEmail": "bob@example.com"')
    assert read("configs/actions") == []
    console.submit("Save")
    console.sees("Saved.")
    stored = read("configs/actions/action.postFirstFactorVerification")
    assert stored["script"].split() == RECIPE.split()
    assert (stored["allowedHosts"], stored["enabled"], stored["onExecutionError"]) == ([legacy.host], True, "block")
    console.switch("Enabled", on=False)
    console.submit("Save")
    assert read("configs/actions/action.postFirstFactorVerification")["enabled"] is False
    console.follow("Before a sign-in ends")
    console.switch("Block on error", on=False)
    console.submit("Save")
    assert read("configs/actions/action.postSignIn")["onExecutionError"] == "allow"
    console.submit("Remove")
    assert [action["key"] for action in read("configs/actions")] == ["action.postFirstFactorVerification"]
