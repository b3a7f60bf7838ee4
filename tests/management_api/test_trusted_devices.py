"""`/api/users/…/trusted-devices`: browsers that stand in for a user's second factor."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from common.clock import now, to_milliseconds
from events.models import AuditLog
from identity.models import TrustedDevice, User
from identity.services.trusted_devices import create_trusted_device

pytestmark = pytest.mark.django_db


def address(user: User, *parts: str) -> str:
    return "/".join([f"/api/users/{user.id}/trusted-devices", *parts])


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_the_list_has_no_secret(api: Client, alice: User, bob: User) -> None:
    device = create_trusted_device(alice, days=30, agent="Firefox", country="GB", city="York").device
    create_trusted_device(bob, days=30, agent="Opera")
    answer = api.get(address(alice))
    assert answer["Total-Number"] == "1"
    assert answer.json() == [
        {
            "id": device.id,
            "userAgent": "Firefox",
            "country": "GB",
            "city": "York",
            "createdAt": to_milliseconds(device.created_at),
            "lastUsedAt": to_milliseconds(device.last_used_at),
            "expiresAt": to_milliseconds(device.expires_at),
        }
    ]


def test_pages_the_one_used_last_first_and_none_that_is_over(api: Client, alice: User) -> None:
    for days in (10, 3, 2, 1):
        with time_machine.travel(now() - timedelta(days=days), tick=False):
            create_trusted_device(alice, days=9, agent=str(days))
    answer = api.get(address(alice), {"page": 1, "page_size": 2})
    assert (answer["Total-Number"], [row["userAgent"] for row in answer.json()]) == ("3", ["1", "2"])
    assert [row["userAgent"] for row in api.get(address(alice), {"page": 2, "page_size": 2}).json()] == ["3"]


def test_one_is_deleted(api: Client, alice: User, bob: User) -> None:
    device = create_trusted_device(alice, days=30, agent="Firefox").device
    assert error(api.delete(address(bob, device.id))) == (404, "entity.not_found")
    assert api.delete(address(alice, device.id)).status_code == 204
    assert error(api.delete(address(alice, device.id))) == (404, "entity.not_found")
    entry = AuditLog.objects.get(key="TrustedDevice.Deleted")
    assert (entry.user_id, entry.payload["actor"]["kind"]) == (alice.id, "application")


def test_all_are_deleted(api: Client, alice: User, bob: User) -> None:
    for user in (alice, alice, bob):
        create_trusted_device(user, days=30, agent="Firefox")
    assert api.delete(address(alice)).status_code == 204
    assert TrustedDevice.objects.get().user == bob
    assert api.delete(address(alice)).status_code == 204


def test_nobody_is_not_found(api: Client, alice: User) -> None:
    for call in (api.get, api.delete):
        assert error(call("/api/users/nobody/trusted-devices")) == (404, "entity.not_found")
    assert error(api.delete("/api/users/nobody/trusted-devices/x")) == (404, "entity.not_found")
