"""`POST /api/sentinel-activities/delete`: who was locked out can sign in again."""

from typing import Any

import pytest
from django.test import Client

from common.errors import AppError
from events.models import AuditLog
from identity.models import User
from identity.services.sentinel import SentinelAction, SentinelPolicy, guard, is_locked_out

pytestmark = pytest.mark.django_db(transaction=True)

JSON = "application/json"
PATH = "/api/sentinel-activities/delete"
ONCE = SentinelPolicy(max_attempts=1, lockout_minutes=10)


def lock_out(user: User | None, target: str) -> None:
    with pytest.raises(AppError), guard(SentinelAction.PASSWORD, target, ONCE, user=user):
        raise AppError("session.invalid_credentials")


@pytest.mark.parametrize("target", ["ALICE@example.com", "alice", "id"])
def test_any_identifier_of_an_account_unlocks_it(api: Client, alice: User, target: str) -> None:
    lock_out(alice, "alice@example.com")
    assert is_locked_out(alice)
    body = {"targetType": "User", "targets": [alice.id if target == "id" else target]}
    answer = api.post(PATH, body, content_type=JSON)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not is_locked_out(alice)
    entry = AuditLog.objects.get(key="Identifier.Unlocked")
    assert (entry.user_id, entry.payload["subject"]["type"]) == (alice.id, "User")
    assert "alice@example.com" not in str(entry.payload)


def test_an_identifier_of_nobody_is_unlocked_too(api: Client) -> None:
    lock_out(None, "nobody@example.com")
    api.post(PATH, {"targetType": "User", "targets": ["nobody@example.com"]}, content_type=JSON)
    with guard(SentinelAction.PASSWORD, "nobody@example.com", ONCE):
        pass
    assert "nobody" not in str(AuditLog.objects.get(key="Identifier.Unlocked").payload)


def test_nothing_to_unlock_is_no_error_and_no_event(api: Client) -> None:
    for targets in (["x"], []):
        assert api.post(PATH, {"targetType": "User", "targets": targets}, content_type=JSON).status_code == 204
    assert not AuditLog.objects.filter(key="Identifier.Unlocked").exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"targetType": "App", "targets": ["x"]},
        {"targetType": "User", "targets": "x"},
        {"targetType": "User", "targets": [""]},
        {"targetType": "User", "targets": ["x" * 257]},
        {"targetType": "User", "targets": ["x"] * 101},
        {"targetType": "User", "targets": ["a\x00b"]},
    ],
)
def test_other_bodies_are_refused(api: Client, body: dict[str, Any]) -> None:
    answer = api.post(PATH, body, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")


def test_another_tenants_lockouts_stay(acme_api: Client, api: Client, alice: User) -> None:
    lock_out(alice, "alice")
    acme_api.post(PATH, {"targetType": "User", "targets": ["alice", alice.id]}, content_type=JSON)
    assert is_locked_out(alice)
