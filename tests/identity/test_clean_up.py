"""Old attempts go; what a decision depends on stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from common.errors import AppError
from identity.models import MessageSend, SentinelActivity, VerificationCode
from identity.services.codes import send_verification_code
from identity.services.sentinel import SentinelAction, SentinelPolicy, guard
from identity.tasks import clean_up_attempts
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.racing import outcome

pytestmark = pytest.mark.django_db

START = datetime(2030, 1, 1, tzinfo=UTC)
LONG = SentinelPolicy(max_attempts=1, lockout_minutes=60 * 48)


def send_code_to(address: str) -> None:
    send_verification_code(channel="email", recipient=address, template_type="Generic", is_suppressed=True)


def fail(target: str, policy: SentinelPolicy) -> str:
    def call() -> None:
        with guard(SentinelAction.PASSWORD, target, policy):
            raise AppError("session.invalid_credentials")

    return outcome(call)


def test_every_tenants_old_rows_go_and_a_lockout_in_force_stays(
    tenants: dict[str, Tenant], outbox: list[dict[str, Any]]
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for tenant_id in ("default", "acme"):
            with enter_tenant(tenant_id):
                fail("old", SentinelPolicy.from_settings(None))
                fail("locked out", LONG)
                send_verification_code(
                    is_suppressed=True, channel="email", recipient="old@example.com", template_type="Generic"
                )
        clock.shift(timedelta(hours=25))
        with enter_tenant("default"):
            fail("new", SentinelPolicy.from_settings(None))
            send_verification_code(
                is_suppressed=True, channel="email", recipient="new@example.com", template_type="Generic"
            )
        clean_up_attempts()
        with enter_tenant("acme"):
            assert VerificationCode.objects.count() == 0
        with enter_tenant("default"):
            assert SentinelActivity.objects.count() == 2
            assert MessageSend.objects.count() == 1
            assert list(VerificationCode.objects.values_list("recipient", flat=True)) == ["new@example.com"]
            assert fail("locked out", LONG) == "session.verification_blocked_too_many_attempts"
