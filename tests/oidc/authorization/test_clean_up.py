"""Expired rows go, tenant by tenant; signing keys are promoted when they are due."""

from datetime import timedelta

import pytest
import time_machine

from applications.models import Application
from common.actors import SYSTEM
from common.clock import now
from identity.models import User
from oidc import clean_up
from oidc.models import (
    AccessToken,
    AuthorizationCode,
    AuthorizationRequest,
    Grant,
    RefreshToken,
    Session,
    SessionAuthorization,
)
from oidc.tasks import clean_up as clean_up_task
from oidc.tasks import promote_due_keys
from tenants.context import enter_tenant
from tenants.models import SigningKey, Tenant
from tenants.services.keys import rotate_key
from tests.oidc.authorization.browsing import Browser
from tests.oidc.authorization.test_sessions import give_tokens

pytestmark = pytest.mark.django_db

EVERYTHING = (
    AccessToken,
    AuthorizationCode,
    AuthorizationRequest,
    Grant,
    RefreshToken,
    Session,
    SessionAuthorization,
)


def counts() -> list[int]:
    return [model.objects.count() for model in EVERYTHING]


def test_what_has_expired_is_deleted_and_nothing_else(
    browser: Browser, spa: Application, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clean_up, "_BATCH", 2)
    browser.signed_in(spa.id, alice)
    give_tokens(Session.objects.get())
    for _ in range(3):
        Browser().authorize(spa.id)
    before = counts()
    clean_up_task()
    assert counts() == before
    with time_machine.travel(now() + timedelta(hours=2)):
        clean_up_task()
        assert counts() == [0, 1, 0, 1, 0, 1, 1]
    with time_machine.travel(now() + timedelta(days=15)):
        clean_up_task()
        assert counts() == [0, 0, 0, 1, 0, 0, 0]
    with time_machine.travel(now() + timedelta(days=181)):
        clean_up_task()
        assert counts() == [0] * 7


def test_every_tenant_is_cleaned(acme_spa: Application, mallory: User) -> None:
    browser = Browser("acme")
    browser.authorize(acme_spa.id)
    with time_machine.travel(now() + timedelta(hours=2)):
        clean_up_task()
    with enter_tenant("acme"):
        assert not AuthorizationRequest.objects.exists()


def test_a_key_is_promoted_when_it_is_due(tenant: Tenant) -> None:
    current, staged, _other = rotate_key(grace_period=3600, actor=SYSTEM)
    promote_due_keys()
    assert SigningKey.objects.get(status="Current", is_default=True).id == current.id
    with time_machine.travel(now() + timedelta(hours=1, seconds=1)):
        promote_due_keys()
    assert SigningKey.objects.get(status="Current", is_default=True).id == staged.id
