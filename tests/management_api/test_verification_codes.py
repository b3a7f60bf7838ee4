"""`/api/verification-codes`."""

import re
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from connectors.kinds import development_mailbox
from connectors.models import MailboxMessage
from connectors.services.connectors import create_connector

pytestmark = pytest.mark.django_db

JSON = "application/json"
ALICE = {"email": "alice@example.com"}


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def post(api: Client, body: dict[str, Any], action: str = "") -> Any:
    return api.post(f"/api/verification-codes{action}", body, content_type=JSON)


@pytest.fixture
def mailbox(api: Client) -> None:
    create_connector(factory_id=development_mailbox.EMAIL_FACTORY_ID, config={}, actor=SYSTEM)


def sent_code() -> str:
    message = MailboxMessage.objects.latest("created_at")
    found = re.search(r"\b\d{6}\b", str(message.__dict__))
    assert found
    return found[0]


def test_a_code_is_sent_and_spent(api: Client, mailbox: None, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert post(api, ALICE).status_code == 204
    body = {**ALICE, "verificationCode": sent_code()}
    wrong = "000000" if body["verificationCode"] != "000000" else "111111"
    assert error(post(api, {**body, "verificationCode": wrong}, "/verify")) == (
        400,
        "verification_code.code_mismatch",
    )
    assert post(api, body, "/verify").status_code == 204
    assert error(post(api, body, "/verify")) == (400, "verification_code.not_found")


def test_without_a_connector(api: Client) -> None:
    assert error(post(api, ALICE)) == (501, "connector.not_found")


@pytest.mark.parametrize("body", [{}, {"email": "alice"}, {"phone": "+1555"}, {"email": 1}])
def test_a_recipient_is_needed(api: Client, body: dict[str, Any]) -> None:
    assert error(post(api, body)) == (400, "guard.invalid_input")
    assert error(post(api, {**body, "verificationCode": "1"}, "/verify")) == (400, "guard.invalid_input")
