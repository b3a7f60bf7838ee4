"""What unauthenticated callers send does not fill the audit log: an entry is bounded, and old ones go.

A `verificationId` of 987 kB, sent 240 times, once made the table grow from 7.7 to 242 MB; nothing was ever deleted.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from common.actors import SYSTEM, Actor
from common.errors import AppError
from events.history import Subject, record
from events.models import AuditLog
from events.retention import drop_old_partitions, retention_days, set_retention
from events.tasks import arrange_audit_log, clean_up_audit_logs
from tenants.context import enter_tenant
from tenants.models import Tenant

pytestmark = pytest.mark.django_db

CAROL = Actor.developer("carol")
SETTING = Subject("Setting", "session")


def written(**details: Any) -> dict[str, Any]:
    """The payload of an entry with these details, which is never larger than 8 kB."""
    record("Test", actor=CAROL, subject=SETTING, **details)
    payload: dict[str, Any] = AuditLog.objects.latest("created_at").payload
    assert len(json.dumps(payload)) <= 8192
    assert payload["actor"] == {"kind": "developer", "id": "carol"}
    assert payload["subject"] == {"type": "Setting", "id": "session"}
    return payload


def nested(depth: int) -> Any:
    return {"inner": nested(depth - 1)} if depth else "x" * 100


@pytest.mark.parametrize(
    "value",
    [
        "x" * 987_000,
        "\u20ac" * 8000,
        ["x" * 500] * 500,
        {f"name {number}": "x" * 100 for number in range(1000)},
        {"n" * 100_000: 1},
        nested(60),
        [nested(5)] * 300,
    ],
    ids=["text", "beyond ascii", "list", "object", "name", "deep", "deep list"],
)
def test_an_entry_that_is_too_long_is_cut_and_says_so(tenant: Tenant, value: Any) -> None:
    payload = written(verificationId=value, other="stays")
    if len(json.dumps(value)) > 8192 and "n" * 100_000 not in value:
        assert payload["truncated"] is True
    assert payload["other"] == "stays"


def test_many_members_that_are_each_short_enough_are_left_out_the_longest_first(tenant: Tenant) -> None:
    payload = written(**{f"member{number}": "x" * (400 + number) for number in range(40)})
    assert payload["truncated"] is True
    assert "member0" in payload
    assert "member39" not in payload


def test_an_entry_of_ordinary_size_is_whole(tenant: Tenant) -> None:
    payload = written(after={"description": "x" * 5000})
    assert payload["after"] == {"description": "x" * 5000}
    assert "truncated" not in payload


def test_characters_that_the_database_refuses_do_not_reach_it(tenant: Tenant) -> None:
    """JSON brings NUL and halves of surrogate pairs in values and names; either made the request fail with 500."""
    payload = written(params={"a\x00b": "c\x00d", "half \ud800": "\udfff half"})
    assert payload["params"] == {"ab": "cd", "half ?": "? half"}


def test_secrets_are_masked_and_flags_are_not(tenant: Tenant) -> None:
    payload = written(after={"clientSecret": "s3cret", "is_password_expired": True, "passwordPolicy": {"min": 8}})
    assert payload["after"] == {"clientSecret": "******", "is_password_expired": True, "passwordPolicy": {"min": 8}}


def test_the_code_of_an_error_is_no_secret(tenant: Tenant) -> None:
    payload = written(error=AppError("entity.not_found"), code="123456")
    assert payload["error"]["code"] == "entity.not_found"
    assert payload["code"] == "******"


def test_old_entries_go_in_every_tenant(tenants: dict[str, Tenant], settings: Any) -> None:
    settings.AUDIT_RETENTION_DAYS = 90
    for days in (91, 89):
        with time_machine.travel(datetime.now(UTC) - timedelta(days=days), tick=False):
            for tenant_id in ("default", "acme"):
                with enter_tenant(tenant_id):
                    record(f"Test.{days}", actor=SYSTEM, subject=SETTING)
    clean_up_audit_logs()
    for tenant_id in ("default", "acme"):
        with enter_tenant(tenant_id):
            found = AuditLog.objects.filter(key__startswith="Test.")
            assert list(found.values_list("key", flat=True)) == ["Test.89"]


def test_without_a_limit_everything_stays(tenant: Tenant, settings: Any) -> None:
    settings.AUDIT_RETENTION_DAYS = 0
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC), tick=False):
        record("Test.old", actor=SYSTEM, subject=SETTING)
    clean_up_audit_logs()
    assert AuditLog.objects.filter(key="Test.old").exists()


def entries_in(tenant_id: str) -> set[str]:
    with enter_tenant(tenant_id):
        return set(AuditLog.objects.filter(key__startswith="Test.").values_list("key", flat=True))


def test_a_tenant_keeps_less_but_never_more_than_the_installation(tenants: dict[str, Tenant], settings: Any) -> None:
    settings.AUDIT_RETENTION_DAYS = 90
    for days in (1, 31, 91):
        with time_machine.travel(datetime.now(UTC) - timedelta(days=days), tick=False):
            for tenant_id in ("default", "acme"):
                with enter_tenant(tenant_id):
                    record(f"Test.{days}", actor=SYSTEM, subject=SETTING)
    with enter_tenant("acme"):
        assert set_retention({"retentionDays": 30}, actor=CAROL) == {"retentionDays": 30}
        values: list[Any] = [{"retentionDays": 91}, {"retentionDays": 0}, {}, {"retentionDays": "30"}, []]
        for refused in values:
            with pytest.raises(AppError, match="guard.invalid_input"):
                set_retention(refused, actor=CAROL)
        assert retention_days() == 30
    clean_up_audit_logs()
    assert entries_in("acme") == {"Test.1"}
    assert entries_in("default") == {"Test.1", "Test.31"}
    settings.AUDIT_RETENTION_DAYS = 7
    clean_up_audit_logs()
    assert entries_in("acme") == entries_in("default") == {"Test.1"}


def test_a_month_goes_once_every_tenant_is_past_it(tenants: dict[str, Tenant], settings: Any) -> None:
    settings.AUDIT_RETENTION_DAYS = 0
    begin = datetime(2031, 12, 17, tzinfo=UTC)
    with time_machine.travel(begin, tick=False), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        arrange_audit_log()
        for tenant_id, days in (("default", 10), ("acme", 100)):
            with enter_tenant(tenant_id):
                set_retention({"retentionDays": days}, actor=CAROL)
        with enter_tenant("admin"):
            record("Test.old", actor=SYSTEM, subject=SETTING)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with time_machine.travel(begin + timedelta(days=99), tick=False):
        assert drop_old_partitions() == []  # tenant `admin` keeps everything
        settings.AUDIT_RETENTION_DAYS = 120
        assert drop_old_partitions()[-1] == "events_auditlog_2031_10"
        settings.AUDIT_RETENTION_DAYS = 60
        assert "events_auditlog_2031_12" in drop_old_partitions()
        assert entries_in("admin") == set()
