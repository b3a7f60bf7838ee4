"""Profile fields in the console: made, put in order, and chosen for the sign-up."""

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


def test_fields_are_made_sorted_and_asked_for(console: ConsoleDriver, read: Read) -> None:
    console.open("experience/customprofilefield/add/")
    console.follow("Text")
    console.fill("Key", "company")
    console.fill("Label", "Company")
    console.fill("Most characters", "40")
    console.create()
    console.open("experience/customprofilefield/add/?type=Select")
    console.fill("Key", "size")
    console.fill("Label", "Team size")
    console.fill("Options", "s = Up to ten\nl = More")
    console.switch("Required")
    console.create()

    console.open("experience/customprofilefield/")
    console.follow("Change the order")
    rows = console.page.locator("[data-ordered] > li")
    if console.by_keyboard:
        console.activate(rows.filter(has_text="Team size").get_by_role("button", name="Move Team size up"))
    else:
        rows.filter(has_text="Team size").locator(".gh-grip").drag_to(rows.first, target_position={"x": 60, "y": 4})
    console.submit()
    console.sees("Saved.")
    fields = read("custom-profile-fields")
    assert [field["name"] for field in fields] == ["size", "company"]
    assert fields[0]["config"]["options"] == [{"value": "s", "label": "Up to ten"}, {"value": "l", "label": "More"}]
    assert (fields[0]["required"], fields[1]["config"]) == (True, {"maxLength": 40})

    console.open("experience/signinexperience/")
    console.open_tab("Sign-up")
    console.switch("Ask for every profile field", on=False)
    row = console.page.locator("[data-ordered] > li", has_text="Company")
    console.activate(row.get_by_role("checkbox"), key="Space")
    console.save()
    assert read("sign-in-exp")["signUpProfileFields"] == [{"name": "company"}]
