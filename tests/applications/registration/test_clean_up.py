"""Clients that registered themselves and that nobody uses go by themselves."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from applications.registration.client_registration import change_registration_settings
from common.actors import SYSTEM
from common.clock import now
from events.models import AuditLog
from identity.models import User
from oidc.clean_up import delete_unused_clients
from oidc.models import Grant
from tests.applications.agents import Agent, document
from tests.oidc.tokens.parties import make_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered(client: Client, registration: None) -> Application:
    answer = client.post("/oidc/register", document(None), content_type="application/json")
    return Application.objects.get(id=answer.json()["client_id"])


def age(days: float) -> None:
    Application.objects.update(created_at=now() - timedelta(days=days))


def test_an_unused_one_goes_after_its_time(registered: Application) -> None:
    own = make_application("SPA")
    age(29)
    assert delete_unused_clients() == 0
    age(31)
    assert delete_unused_clients() == 1
    assert list(Application.objects.all()) == [own], "what developers registered stays"
    assert AuditLog.objects.get(key="ClientRegistration.Expired").application_id == registered.id


def test_the_time_is_the_tenants(registered: Application) -> None:
    change_registration_settings({"unusedClientDays": 2, "enabled": False}, actor=SYSTEM)
    age(3)
    assert delete_unused_clients() == 1


def test_one_that_a_user_lets_in_stays(registered: Application, alice: User) -> None:
    Agent(registered.id).tokens(alice)
    age(31)
    assert delete_unused_clients() == 0
    Grant.objects.update(revoked_at=now())
    assert delete_unused_clients() == 1


def test_the_stand_in_stays(registration: None, tenant: Any) -> None:
    Application.with_hidden.update(created_at=now() - timedelta(days=1000))
    assert delete_unused_clients() == 0
    assert Application.with_hidden.exists()
