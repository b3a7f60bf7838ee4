"""The share of users with a second factor: exact for few, of a sample for many."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM
from identity import factor_share as module
from identity.factor_share import FactorShare, factor_share
from identity.models import Factor, User
from identity.services.users import create_user
from tenants.context import enter_tenant
from tenants.models import Tenant


@pytest.fixture
def people(tenant: Tenant) -> dict[str, User]:
    """Alice has an app and two passkeys, Bob backup codes, Carol a number, Dave an address, Erin nothing."""
    users = {name: create_user(username=name, actor=SYSTEM) for name in ("alice", "bob", "erin")}
    users["carol"] = create_user(primary_phone="12025550100", actor=SYSTEM)
    users["dave"] = create_user(primary_email="dave@example.com", actor=SYSTEM)
    for owner, kind in (("alice", "Totp"), ("alice", "WebAuthn"), ("alice", "WebAuthn"), ("bob", "BackupCode")):
        Factor.objects.create(user=users[owner], type=kind)
    return users


@pytest.mark.parametrize(
    ("factors", "protected"),
    [
        ([], 0),
        (["Totp"], 1),
        (["Totp", "WebAuthn", "BackupCode"], 1),
        (["BackupCode"], 0),
        (["EmailVerificationCode"], 1),
        (["Totp", "PhoneVerificationCode", "EmailVerificationCode"], 3),
    ],
)
def test_users_are_counted_once_if_a_factor_of_theirs_is_on(
    people: dict[str, User], factors: list[str], protected: int
) -> None:
    assert factor_share(factors) == FactorShare(5, protected)


def test_share_is_rounded_and_exact_for_few(people: dict[str, User]) -> None:
    share = factor_share(["Totp"])
    assert (share.percent, share.is_estimate) == (20, False)


def test_nobody_is_no_share(tenant: Tenant) -> None:
    assert factor_share(["Totp"]).percent == 0


def test_many_are_judged_by_a_sample(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", 3)
    share = factor_share(["Totp"])
    assert (share.users, share.is_estimate) == (3, True)
    assert share.protected in (0, 1)


def test_users_of_another_tenant_do_not_count(people: dict[str, User], tenants: Any) -> None:
    with enter_tenant("acme"):
        assert factor_share(["Totp"]) == FactorShare(0, 0)


def test_it_takes_one_statement(people: dict[str, User]) -> None:
    with CaptureQueriesContext(connection) as captured:
        factor_share(["Totp"])
    assert len(captured) == 1
