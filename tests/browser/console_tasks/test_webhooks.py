"""A webhook is set up, tested, followed, sent to again, given a new key, and resumed after a pause."""

import pytest
from playwright.sync_api import expect

from common.actors import SYSTEM
from common.clock import now
from events.models import Hook
from events.webhooks.delivery import deliver_waiting
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.sink import running_sink


@pytest.mark.parametrize("console", ["mouse"], indirect=True)
def test_a_webhook_from_its_first_event_to_a_pause(console: ConsoleDriver, read: Read) -> None:
    """A test that failed did not say what the endpoint had answered, and the list did not say that a webhook is on."""
    with running_sink() as sink:
        console.open("events/hook/add/")
        console.fill("Name", "Orders")
        console.fill("Endpoint URL", sink.url)
        console.switch("Created (Organization.Created)")
        console.fill("Headers", "X-Source: gatehouse")
        hook_id = console.create()
        hook = read(f"hooks/{hook_id}")
        assert (hook["events"], hook["config"]["headers"]) == (["Organization.Created"], {"X-Source": "gatehouse"})

        sink.status, sink.answer = 418, b"no coffee"
        console.submit("Send a test")
        console.sees("Status 418: no coffee")
        sink.status, sink.answer = 200, b"ok"
        console.submit("Send a test")
        console.sees("The endpoint took the test.")

        with enter_tenant("default"):
            create_organization(name="Hill Farm", actor=SYSTEM)
            deliver_waiting(seconds=10)
        console.open(f"events/hook/{hook_id}/change/")
        console.follow("All deliveries")
        console.activate(console.page.locator("tbody a"))
        console.sees("Hill Farm")
        first = sink.posted[-1].headers["webhook-id"]
        console.submit("Send again")
        console.sees("1 event is sent again.")
        with enter_tenant("default"):
            deliver_waiting(seconds=10)
            Hook.objects.update(paused_at=now(), pause_reason="gone")
        assert [posted.headers["webhook-id"] for posted in sink.posted].count(first) == 2
        assert read(f"hooks/{hook_id}?includeExecutionStats=1")["executionStats"]["successCount"] == 2

        console.open(f"events/hook/{hook_id}/change/")
        console.submit("Resume")
        console.submit("New signing key, with 24 hours of overlap")
        changed = read(f"hooks/{hook_id}")
        assert changed["pausedAt"] is None
        assert changed["signingKey"] != hook["signingKey"]
        console.open("events/hook/")
        expect(console.page.get_by_role("row", name="Orders").get_by_text("active", exact=True)).to_be_visible()
