"""`/api/users/:id/delivery-problems`, and the address at which a connector's provider reports."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from connectors.address_events import AddressEvent, ProblemKind, ProblemReason
from connectors.models import Connector
from connectors.services.connectors import create_connector
from connectors.services.report_intake import seal_events
from connectors.tasks import note_problems
from events.models import AuditLog
from identity.models import User
from identity.services.users import create_user
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def connector(tenant: Tenant) -> Connector:
    config = {"serverToken": "token", "fromEmail": "no-reply@example.com"}
    return create_connector(factory_id="postmark-mail", config=config, actor=SYSTEM)


@pytest.fixture
def bob(connector: Connector) -> User:
    """Whose mailbox is gone."""
    user = create_user(primary_email="bob@example.com", actor=SYSTEM)
    event = AddressEvent("email", "bob@example.com", ProblemKind.HARD_BOUNCE, ProblemReason.NOT_FOUND, now())
    note_problems("default", connector.id, seal_events([event]))
    return user


def test_they_are_listed_and_cleared(api: Client, bob: User, connector: Connector) -> None:
    path = f"/api/users/{bob.id}/delivery-problems"
    [row] = api.get(path).json()
    assert {name: row[name] for name in ("channel", "kind", "reason", "connectorId", "connectorFactoryId")} == {
        "channel": "email",
        "kind": "hard_bounce",
        "reason": "not_found",
        "connectorId": connector.id,
        "connectorFactoryId": "postmark-mail",
    }
    assert isinstance(row["occurredAt"], int)
    assert api.delete(f"{path}/email").status_code == 204
    assert api.get(path).json() == []
    entry = AuditLog.objects.get(key="User.DeliveryProblem.Deleted").payload
    assert entry["userId"] == bob.id
    for channel in ("email", "phone", "fax"):
        answer = api.delete(f"{path}/{channel}")
        assert (answer.status_code, answer.json()["code"]) == (404, "entity.not_found")


def test_another_tenants_user(acme_api: Client, bob: User) -> None:
    assert acme_api.get(f"/api/users/{bob.id}/delivery-problems").status_code == 404
    assert acme_api.delete(f"/api/users/{bob.id}/delivery-problems/email").status_code == 404


@pytest.mark.parametrize(
    ("factory_id", "config", "missing"),
    [
        ("postmark-mail", {"serverToken": "token", "fromEmail": "a@example.com"}, None),
        ("sendgrid-email-service", {"apiKey": "key", "fromEmail": "a@example.com"}, "webhookVerificationKey"),
    ],
)
def test_a_connector_says_where_its_provider_reports(
    api: Client, factory_id: str, config: dict[str, Any], missing: str | None
) -> None:
    row = api.post("/api/connectors", {"connectorId": factory_id, "config": config}, content_type="application/json")
    callback = row.json()["eventCallback"]
    assert callback["missingConfig"] == missing
    assert callback["url"].endswith(f"/api/connectors/{row.json()['id']}/events")


def test_a_connector_whose_provider_reports_nothing(api: Client) -> None:
    body = {"connectorId": "http-email", "config": {"endpoint": "https://example.com/"}}
    assert api.post("/api/connectors", body, content_type="application/json").json()["eventCallback"] is None


@pytest.mark.parametrize(
    ("reason", "code", "status"),
    [
        ("rate_limited", "connector.rate_limit_exceeded", 429),
        ("account_limited", "connector.usage_limit_exceeded", 429),
        ("template_not_found", "connector.template_not_found", 400),
        ("credentials_refused", "connector.general", 400),
    ],
)
def test_why_a_test_message_was_not_taken(
    api: Client, monkeypatch: pytest.MonkeyPatch, reason: str, code: str, status: int
) -> None:
    from connectors.failures import DeliveryError, FailureKind
    from connectors.kinds.postmark import PostmarkConnector

    def refuse(*_: Any) -> None:
        raise DeliveryError(FailureKind(reason), "the provider's words")

    monkeypatch.setattr(PostmarkConnector, "send", refuse)
    config = {"serverToken": "token", "fromEmail": "a@example.com"}
    body = {"email": "bob@example.com", "config": config}
    answer = api.post("/api/connectors/postmark-mail/test", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["data"]["reason"] == reason
    assert "the provider's words" in answer.json()["data"]["message"]
