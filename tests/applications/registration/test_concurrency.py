"""Two clients register at once, and a client changes what it said while a developer changes the application."""

import pytest

from applications.models import Application
from applications.registration.client_registration import (
    change_registration_settings,
    find_registration,
    register_client,
    update_registration,
)
from applications.registration.metadata import read_metadata
from applications.services.applications import update_application
from common.actors import SYSTEM
from common.oauth.errors import OAuthError
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.applications.agents import document
from tests.racing import race


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_taken_once(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("default"):
        change_registration_settings({"enabled": True, "maxClients": 1}, actor=SYSTEM)

    def register() -> str:
        try:
            return register_client(read_metadata(document(None)), max_clients=1).application.id
        except OAuthError as error:
            return error.error

    outcomes = race([register] * 3)
    assert sorted(outcomes, key=len)[:2] == ["access_denied"] * 2
    with enter_tenant("default"):
        assert Application.objects.filter(registration_source="dcr").count() == 1


def test_what_a_developer_changes_meanwhile_stays(registration: None, tenant: Tenant) -> None:
    told = register_client(read_metadata(document(None)), max_clients=1)
    read_before = find_registration(told.application.id, told.token)
    assert read_before is not None
    meanwhile = Application.objects.get(id=told.application.id)
    update_application(meanwhile, custom_client_metadata={"idTokenTtl": 60}, actor=SYSTEM)
    update_registration(read_before, read_metadata(document(None, client_name="Renamed")))
    changed = Application.objects.get(id=told.application.id)
    assert (changed.name, changed.custom_client_metadata["idTokenTtl"]) == ("Renamed", 60)
