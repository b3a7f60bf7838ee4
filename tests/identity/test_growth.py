"""New users are counted by the day (UTC) on which they were created."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM
from common.clock import now
from identity import growth
from identity.growth import count_new_users
from identity.models import User
from identity.services.users import create_user, delete_user
from tenants.context import enter_tenant
from tenants.models import Tenant


def created(name: str, moment: datetime) -> User:
    user = create_user(username=name, actor=SYSTEM)
    User.objects.filter(id=user.id).update(created_at=moment)
    return user


@pytest.fixture
def midnight() -> datetime:
    """When today began."""
    return datetime.combine(now(), time.min, UTC)


def test_days_are_those_of_utc(tenant: Tenant, midnight: datetime) -> None:
    today, yesterday = midnight.date(), midnight.date() - timedelta(days=1)
    created("alice", midnight)
    created("bob", midnight - timedelta(microseconds=1))
    created("carol", midnight - timedelta(days=1))
    created("dora", midnight - timedelta(days=1, microseconds=1))
    with CaptureQueriesContext(connection) as captured:
        assert count_new_users(today, days=2) == {yesterday: 2, today: 1}
    assert len(captured) == 1
    with enter_tenant("acme"):
        assert count_new_users(today, days=2) == {yesterday: 0, today: 0}


def test_a_past_day_of_an_import_is_counted_once(
    tenant: Tenant, midnight: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    today, yesterday = midnight.date(), midnight.date() - timedelta(days=1)
    monkeypatch.setattr(growth, "_REMEMBERED_FROM", 2)
    people = [created(name, midnight - timedelta(hours=1)) for name in ("alice", "bob")]
    people += [created(name, midnight) for name in ("carol", "dora")]
    assert count_new_users(today, days=2) == {yesterday: 2, today: 2}
    for user in people[1:3]:
        delete_user(user, actor=SYSTEM)
    assert count_new_users(today, days=2) == {yesterday: 2, today: 1}, "today is never remembered"
    with enter_tenant("acme"):
        assert count_new_users(yesterday, days=1) == {yesterday: 0}
