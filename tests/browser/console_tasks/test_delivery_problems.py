"""Whoever is asked why a user gets no mail sees it at the user, and clears the warning when the mailbox is mended."""

import pytest
from playwright.sync_api import expect

from common.actors import SYSTEM
from common.clock import now
from connectors.address_events import AddressEvent, ProblemKind, ProblemReason
from connectors.services.connectors import create_connector
from connectors.services.delivery_problems import note_problem
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


@pytest.fixture
def bob_id(home: str, installation: object) -> str:
    """Bob, whose mailbox does not exist."""
    with enter_tenant("default"):
        config = {"serverToken": "token", "fromEmail": "no-reply@example.com"}
        connector = create_connector(factory_id="postmark-mail", config=config, actor=SYSTEM)
        bob = create_user(primary_email="bob@example.com", actor=SYSTEM)
        event = AddressEvent("email", "bob@example.com", ProblemKind.HARD_BOUNCE, ProblemReason.NOT_FOUND, now())
        note_problem(event, connector=connector)
        return bob.id


def test_a_warning_is_seen_and_cleared(console: ConsoleDriver, read: Read, bob_id: str) -> None:
    console.open(f"identity/user/{bob_id}/change/")
    console.sees("Messages do not arrive: bob@example.com. The address does not exist.")
    [problem] = read(f"users/{bob_id}/delivery-problems")
    assert (problem["kind"], problem["reason"]) == ("hard_bounce", "not_found")
    console.press("Clear delivery warning")
    console.sees("The warning was cleared.")
    expect(console.page.get_by_text("Messages do not arrive")).to_have_count(0)
    assert read(f"users/{bob_id}/delivery-problems") == []
