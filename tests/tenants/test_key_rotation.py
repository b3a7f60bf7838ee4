"""Signing keys are replaced, promoted and deleted by one writer at a time, and never leave a tenant without one."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery.beat import Scheduler
from django.conf import settings as django_settings

from common.actors import SYSTEM
from common.clock import now
from common.errors import AppError
from config import celery_app
from oidc.tasks import promote_due_keys
from tenants.context import current_tenant_id, enter_tenant
from tenants.models import SigningKey, Tenant
from tenants.services import keys
from tenants.services.keys import current_signer, delete_key, list_keys, promote_due_key, rotate_key
from tests.identity.conftest import at_once

HOUR = 3600
LATER = timedelta(hours=1, seconds=1)


def statuses() -> list[str]:
    return [key.status for key in list_keys()]


def ids() -> list[str]:
    return [key.id for key in list_keys()]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_rotations_leave_one_key_that_signs(self, tenant: Tenant) -> None:
        outcomes = at_once([lambda: rotate_key(actor=SYSTEM)] * 3)
        assert "ok" in outcomes
        assert set(outcomes) <= {"ok", "oidc.invalid_request"}
        assert statuses() == ["Current", "Previous"]

    def test_one_of_several_stages_the_next_key(self, tenant: Tenant) -> None:
        outcomes = at_once([lambda: rotate_key(grace_period=HOUR, actor=SYSTEM)] * 3)
        assert sorted(outcomes) == ["oidc.invalid_request", "oidc.invalid_request", "ok"]
        assert statuses() == ["Current", "Next"]

    def test_a_due_key_is_promoted_once(self, tenant: Tenant) -> None:
        _, staged = rotate_key(grace_period=HOUR, actor=SYSTEM)
        promoted = []
        with time_machine.travel(now() + LATER):
            at_once([lambda: promoted.append(promote_due_key())] * 4)
        assert sorted(promoted) == [False, False, False, True]
        assert statuses() == ["Current", "Previous"]
        assert ids()[0] == staged.id

    def test_the_previous_key_is_deleted_once_beside_a_promotion(self, tenant: Tenant) -> None:
        rotate_key(actor=SYSTEM)
        _, staged, previous = rotate_key(grace_period=HOUR, actor=SYSTEM)
        with time_machine.travel(now() + LATER):
            outcomes = at_once([promote_due_key, lambda: delete_key(previous.id, actor=SYSTEM)])
        assert outcomes[0] == "ok"
        assert outcomes[1] in ("ok", "oidc.key_not_found")
        assert (statuses(), ids()[0]) == (["Current", "Previous"], staged.id)


@pytest.mark.django_db
class TestPromotion:
    def test_one_statement_finds_the_due_keys_of_all_tenants(
        self, tenants: dict[str, Tenant], django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(1):
            promote_due_keys()

    def test_a_tenant_that_fails_keeps_no_other_from_it(
        self, tenants: dict[str, Tenant], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("acme", "default"):
            with enter_tenant(name):
                rotate_key(grace_period=HOUR, actor=SYSTEM)

        def fail_for_acme() -> bool:
            if current_tenant_id() == "acme":
                raise RuntimeError("no")
            return promote_due_key()

        monkeypatch.setattr("oidc.tasks.promote_due_key", fail_for_acme)
        with time_machine.travel(now() + LATER):
            promote_due_keys()
        with enter_tenant("default"):
            assert statuses() == ["Current", "Previous"]
        with enter_tenant("acme"):
            assert statuses() == ["Current", "Next"]

    def test_beat_without_a_worker_does_it_itself(self, tenant: Tenant) -> None:
        """The shape without Redis: what is due runs in beat."""
        assert django_settings.CELERY_TASK_ALWAYS_EAGER
        _, staged = rotate_key(grace_period=HOUR, actor=SYSTEM)
        scheduler = Scheduler(app=celery_app, lazy=True)
        scheduler.merge_inplace(celery_app.conf.beat_schedule)
        with time_machine.travel(now() + LATER):
            scheduler.apply_async(scheduler.schedule["oidc: promote due keys"], advance=False)
        assert current_signer().kid == staged.id


@pytest.mark.django_db
class TestRotation:
    def test_the_next_key_takes_the_current_ones_algorithm(self, tenant: Tenant) -> None:
        rotate_key(algorithm="ES384", actor=SYSTEM)
        rotate_key(actor=SYSTEM)
        assert current_signer().algorithm == "ES384"

    def test_a_waiting_key_is_refused_before_another_is_made(
        self, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rotate_key(grace_period=HOUR, actor=SYSTEM)

        def make(algorithm: str) -> SigningKey:
            raise AssertionError("a key was made in vain")

        monkeypatch.setattr(keys, "make_key", make)
        with pytest.raises(AppError, match=r"oidc\.invalid_request"):
            rotate_key(actor=SYSTEM)

    def test_the_installations_grace_period_holds_where_none_is_given(self, tenant: Tenant, settings: Any) -> None:
        settings.PRIVATE_KEY_ROTATION_GRACE_PERIOD = HOUR
        rotate_key(actor=SYSTEM)
        assert statuses() == ["Current", "Next"]
        assert list_keys()[1].promote_at is not None

    def test_without_grace_every_process_publishes_the_key_before_any_signs_with_it(
        self, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = current_signer().kid
        meanwhile = []
        monkeypatch.setattr(keys, "settle", lambda: meanwhile.append((statuses(), current_signer().kid)))
        rotate_key(actor=SYSTEM)
        assert meanwhile == [(["Current", "Next"], old)]
        assert (statuses(), ids()[1]) == (["Current", "Previous"], old)

    def test_three_keys_at_most(self, tenant: Tenant) -> None:
        rotate_key(actor=SYSTEM)
        rotate_key(grace_period=HOUR, actor=SYSTEM)
        assert statuses() == ["Current", "Next", "Previous"]
        with time_machine.travel(now() + LATER):
            promote_due_key()
        assert statuses() == ["Current", "Previous"]
