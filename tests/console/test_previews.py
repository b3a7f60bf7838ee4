"""The console leads to the tenant's previews, and shows nothing of the applications behind them."""

from typing import Any

import pytest
from django.test import Client

from experience.models import SignInExperience
from tenants.context import enter_tenant
from tests.oidc.device.devices import make_device_application

PREVIEW = 'href="http://localhost:8000/demo-app"'
APPLICATIONS = "/console/default/applications/application/"


def test_the_overview_and_the_sign_in_experience_lead_there(console: Client, installation: dict[str, Any]) -> None:
    with enter_tenant("default"):
        settings_id = SignInExperience.objects.get().pk
    for path in ("", f"experience/signinexperience/{settings_id}/change/"):
        assert PREVIEW in console.get(f"/console/default/{path}").content.decode()


def test_an_application_for_devices_leads_to_a_device(console: Client, installation: dict[str, Any]) -> None:
    with enter_tenant("default"):
        application = make_device_application()
    page = console.get(f"{APPLICATIONS}{application.id}/change/").content.decode()
    assert 'href="http://localhost:8000/device-demo-app"' in page


@pytest.mark.parametrize("client_id", ["demo-app", "device-demo-app"])
def test_built_in_applications_are_not_there(console: Client, client_id: str) -> None:
    assert client_id not in console.get(APPLICATIONS).content.decode()
    assert console.get(f"{APPLICATIONS}{client_id}/change/").status_code == 302
    assert console.get(f"{APPLICATIONS}{client_id}/delete/").status_code == 302
