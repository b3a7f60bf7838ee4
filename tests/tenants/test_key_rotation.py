"""Signing keys are replaced, promoted and deleted by one writer at a time, and never leave a tenant without one."""

import itertools
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
from tenants import keys as keys_module
from tenants.context import current_tenant_id, enter_tenant
from tenants.models import SigningKey, Tenant
from tenants.services import keys
from tenants.services.keys import current_signer, delete_key, list_keys, promote_due_key, rotate_key
from tests.oidc.tokens.proofs import private_key
from tests.racing import race_outcomes

HOUR = 3600
LATER = timedelta(hours=1, seconds=1)


def of_type(key_type: str, found: list[SigningKey] | None = None) -> list[SigningKey]:
    return [key for key in (list_keys() if found is None else found) if key.key_type == key_type]


def statuses(key_type: str = "EC") -> list[str]:
    return [key.status for key in of_type(key_type)]


def ids() -> list[str]:
    return [key.id for key in of_type("EC")]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_rotations_leave_one_key_that_signs(self, tenant: Tenant) -> None:
        outcomes = race_outcomes([lambda: rotate_key(actor=SYSTEM)] * 3)
        assert "ok" in outcomes
        assert set(outcomes) <= {"ok", "oidc.invalid_request"}
        assert statuses() == ["Current", "Previous"]

    def test_one_of_several_stages_the_next_key(self, tenant: Tenant) -> None:
        outcomes = race_outcomes([lambda: rotate_key(grace_period=HOUR, actor=SYSTEM)] * 3)
        assert sorted(outcomes) == ["oidc.invalid_request", "oidc.invalid_request", "ok"]
        assert statuses() == ["Current", "Next"]

    def test_a_due_key_is_promoted_once(self, tenant: Tenant) -> None:
        _, staged = of_type("EC", rotate_key(grace_period=HOUR, actor=SYSTEM))
        promoted = []
        with time_machine.travel(now() + LATER):
            race_outcomes([lambda: promoted.append(promote_due_key())] * 4)
        assert sorted(promoted) == [False, False, False, True]
        assert statuses() == ["Current", "Previous"]
        assert ids()[0] == staged.id

    def test_the_previous_key_is_deleted_once_beside_a_promotion(self, tenant: Tenant) -> None:
        rotate_key(actor=SYSTEM)
        _, staged, previous = of_type("EC", rotate_key(grace_period=HOUR, actor=SYSTEM))
        with time_machine.travel(now() + LATER):
            outcomes = race_outcomes([promote_due_key, lambda: delete_key(previous.id, actor=SYSTEM)])
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
        _, staged = of_type("EC", rotate_key(grace_period=HOUR, actor=SYSTEM))
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


@pytest.fixture
def _small_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA keys that do not keep the tests waiting."""
    generate = keys_module.generate_key
    rsa_keys = itertools.count()

    def at_hand(algorithm: str) -> keys_module.PrivateKey:
        return private_key("RS256", f"rotated {next(rsa_keys)}") if algorithm == "RS256" else generate(algorithm)

    monkeypatch.setattr(keys_module, "generate_key", at_hand)


@pytest.mark.django_db
@pytest.mark.usefixtures("_small_keys")
class TestTypes:
    """A client that verifies RS256 alone refused every ID token while a tenant had an EC key alone."""

    def test_each_algorithm_has_its_signer(self, tenant: Tenant) -> None:
        assert [current_signer(name).algorithm for name in ("", "ES256", "RS256")] == ["ES256", "ES256", "RS256"]

    def test_one_type_is_rotated_without_the_other(self, tenant: Tenant) -> None:
        ec, rsa = current_signer("ES256").kid, current_signer("RS256").kid
        rotate_key(algorithm="RS256", make_default=False, actor=SYSTEM)
        assert current_signer().kid == current_signer("ES256").kid == ec
        assert current_signer("RS256").kid != rsa
        assert (statuses("EC"), statuses("RSA")) == (["Current"], ["Current", "Previous"])

    def test_both_types_may_wait_and_are_promoted_together(self, tenant: Tenant) -> None:
        rotate_key(algorithm="RS256", make_default=False, grace_period=HOUR, actor=SYSTEM)
        rotate_key(grace_period=HOUR, actor=SYSTEM)
        with time_machine.travel(now() + LATER):
            assert promote_due_key()
        assert statuses("EC") == statuses("RSA") == ["Current", "Previous"]
        assert current_signer().algorithm == "ES256"

    def test_the_default_moves_when_the_new_key_begins_to_sign(self, tenant: Tenant) -> None:
        rotate_key(algorithm="RS256", grace_period=HOUR, actor=SYSTEM)
        assert current_signer().algorithm == "ES256"
        with time_machine.travel(now() + LATER):
            promote_due_key()
        assert current_signer().algorithm == "RS256"
        assert [key.key_type for key in list_keys()] == ["RSA", "RSA", "EC"]
        rotate_key(actor=SYSTEM)
        assert current_signer().algorithm == "RS256", "without an algorithm it is the default's type that is rotated"
        rotate_key(algorithm="ES256", actor=SYSTEM)
        assert current_signer().algorithm == "ES256"

    def test_a_default_that_waits_yields_to_one_that_became_it_meanwhile(self, tenant: Tenant) -> None:
        rotate_key(grace_period=HOUR, actor=SYSTEM)
        rotate_key(algorithm="RS256", actor=SYSTEM)
        with time_machine.travel(now() + LATER):
            promote_due_key()
        assert SigningKey.objects.filter(is_default=True, status="Current").count() == 1

    def test_a_previous_key_of_either_type_is_deleted(self, tenant: Tenant) -> None:
        rotate_key(algorithm="RS256", make_default=False, actor=SYSTEM)
        current, previous = of_type("RSA")
        (only,) = of_type("EC")
        for key, code in ((current, r"oidc\.only_previous_key_can_be_deleted"), (only, r"oidc\.key_required")):
            with pytest.raises(AppError, match=code):
                delete_key(key.id, actor=SYSTEM)
        delete_key(previous.id, actor=SYSTEM)
        assert statuses("RSA") == ["Current"]
