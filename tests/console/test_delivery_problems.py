"""The console shows at a user that messages do not arrive, and at a connector where its provider reports it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from connectors.address_events import AddressEvent, ProblemKind, ProblemReason
from connectors.services.connectors import create_connector
from connectors.services.report_intake import seal_events
from connectors.tasks import note_problems
from identity.selectors import list_delivery_problems
from identity.services.users import create_user
from tenants.context import enter_tenant

pytestmark = pytest.mark.django_db

BASE = "/console/default"


@pytest.fixture(autouse=True)
def _inside_default(installation: dict[str, Any]) -> Iterator[None]:
    with enter_tenant("default"):
        yield


def test_a_warning_at_the_user_and_its_end(console: Client) -> None:
    config = {"serverToken": "token", "fromEmail": "no-reply@example.com"}
    connector = create_connector(factory_id="postmark-mail", config=config, actor=SYSTEM)
    bob = create_user(primary_email="bob@example.com", actor=SYSTEM)
    path = f"{BASE}/identity/user/{bob.id}/change/"
    assert "Clear delivery warning" not in console.get(path).content.decode()
    event = AddressEvent("email", "bob@example.com", ProblemKind.COMPLAINT, ProblemReason.SPAM, now())
    note_problems("default", connector.id, seal_events([event]))
    page = console.get(path).content.decode()
    assert "The recipient complained: bob@example.com. A message was marked as spam. Postmark reported it" in page
    assert "Clear delivery warning" in page
    console.post(f"{BASE}/identity/user/{bob.id}/do/clear-delivery-problems/")
    assert not list_delivery_problems(bob)
    assert "The recipient complained" not in console.get(path).content.decode()


def test_where_a_provider_reports(console: Client) -> None:
    config = {"apiKey": "key", "fromEmail": "no-reply@example.com"}
    connector = create_connector(factory_id="sendgrid-email-service", config=config, actor=SYSTEM)
    page = console.get(f"{BASE}/connectors/connector/{connector.id}/change/").content.decode()
    assert f"/api/connectors/{connector.id}/events" in page
    assert "Reports are refused until “Verification key of the event webhook” is set" in page
