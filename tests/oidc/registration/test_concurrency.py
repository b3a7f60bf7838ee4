"""Two clients register at once: the limit is one."""

import threading
from typing import Any

import pytest
from django.db import connection

from common.actors import SYSTEM
from oidc.errors import OAuthError
from oidc.models import Application
from oidc.registration.metadata import read_metadata
from oidc.services.client_registration import change_registration_settings, register_client
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.oidc.agents import document


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_taken_once(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("default"):
        change_registration_settings({"enabled": True, "maxClients": 1}, actor=SYSTEM)
    outcomes: list[Any] = []
    barrier = threading.Barrier(3)

    def register() -> None:
        try:
            with enter_tenant("default"):
                barrier.wait(10)
                outcomes.append(register_client(read_metadata(document(None)), max_clients=1).application.id)
        except OAuthError as error:
            outcomes.append(error.error)
        finally:
            connection.close()

    callers = [threading.Thread(target=register) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(20)
    assert sorted(outcomes, key=len)[:2] == ["access_denied"] * 2
    with enter_tenant("default"):
        assert Application.objects.filter(registration_source="dcr").count() == 1
