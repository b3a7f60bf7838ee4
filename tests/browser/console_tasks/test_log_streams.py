"""The audit log is sent to a collector: a stream is added, tested, moved, and switched off."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.sink import running_sink


@pytest.mark.parametrize("console", ["keyboard"], indirect=True)
def test_a_stream_is_added_changed_and_switched_off(console: ConsoleDriver, read: Read) -> None:
    """A stream could not be changed: to move a collector was to delete it and begin again."""
    with running_sink() as sink:
        console.open("log-streams/")
        console.fill("Name", "Collector")
        console.fill("Address", sink.url)
        console.fill("Headers", "Authorization Bearer x")
        console.submit("Add")
        console.sees("A header is a name, a colon and a value.")
        console.fill("Headers", "Authorization: Bearer x")
        console.submit("Add")
        console.submit("Test")
        console.sees("The destination took the test.")
        assert sink.posted[-1].headers["authorization"] == "Bearer x"

        console.follow("Edit Collector")
        console.fill("Name", "Lake")
        console.choose("Destination", "HTTP, a JSON array")
        console.submit("Save")
        console.submit("Test")
        assert sink.posted[-1].headers["authorization"] == "Bearer x"
        console.submit("Switch off")
    [stream] = read("log-streams")
    assert (stream["name"], stream["config"]["format"], stream["enabled"]) == ("Lake", "json", False)


def test_a_narrow_screen_has_every_action(at_work: Callable[..., Any], installation: object) -> None:
    """The buttons of a stream and the values of DNS records stood beyond the edge of a phone's screen."""
    page = at_work("log-streams/", viewport={"width": 390, "height": 844})
    page.get_by_label("Name").fill("Collector")
    page.get_by_label("Address").fill("https://logs.example/in")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Delete").scroll_into_view_if_needed()
    box = page.get_by_role("button", name="Delete").bounding_box()
    assert box["x"] + box["width"] <= 390
