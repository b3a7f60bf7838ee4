"""The console's page for clients that nobody has checked, and what shows of them among the applications."""

from typing import Any

import pytest
from django.test import Client

from applications.cimd.stand_in import ensure_stand_in
from applications.cimd.switch import is_cimd_on
from applications.models import Application, InitialAccessToken
from applications.registration.settings import registration_settings
from events.models import AuditLog
from identity.models import User
from oidc.consent.selectors import get_consent_configuration
from tenants.context import enter_tenant
from tests.console.conftest import browser_of

pytestmark = pytest.mark.django_db

PAGE = "/console/default/unverified-clients/"
LIST = "/console/default/applications/application/"
FORM = {"max_clients": "100", "unused_days": "30"}
METADATA = {
    "client_name": "Agent Smith",
    "client_uri": "https://agent.example/",
    "contacts": ["smith@agent.example"],
    "redirect_uris": ["https://agent.example/callback"],
    "token_endpoint_auth_method": "none",
}


def test_the_switches_and_the_ceiling(console: Client) -> None:
    assert console.get(PAGE).status_code == 200
    page = console.post(
        PAGE, {**FORM, "cimd": "on", "registration": "on", "max_clients": "7", "consent_user_scopes": ["email"]}
    )
    assert page.status_code == 302
    with enter_tenant("default"):
        assert is_cimd_on()
        settings = registration_settings()
        assert (settings.enabled, settings.requires_token, settings.max_clients) == (True, False, 7)
        assert get_consent_configuration(ensure_stand_in()).user_scopes == ["email"]
    console.post(PAGE, FORM)
    with enter_tenant("default"):
        assert not is_cimd_on()
        assert not registration_settings().enabled
        assert get_consent_configuration(ensure_stand_in()).user_scopes == []
        changes = AuditLog.objects.filter(payload__actor__kind="developer").values_list("key", flat=True)
        assert {"CimdConfig.Updated", "ClientRegistrationConfig.Updated", "CimdConsentScopes.Updated"} <= set(changes)


def test_in_development_the_page_speaks_of_localhost(console: Client, settings: Any) -> None:
    assert b"localhost" not in console.get(PAGE).content
    settings.UNVERIFIED_CLIENTS_ON_LOOPBACK = True
    assert b"localhost" in console.get(PAGE).content


def test_a_number_out_of_range(console: Client) -> None:
    page = console.post(PAGE, {**FORM, "max_clients": "0"})
    assert page.status_code == 200
    assert b"gh-field-bad" in page.content


def test_a_token_is_shown_once(console: Client) -> None:
    page = console.post(PAGE, {"token": "add", "name": "partners"}, follow=True)
    once = page.context["once"]
    assert once["value"] in page.content.decode()
    assert once["value"] not in console.get(PAGE).content.decode()
    with enter_tenant("default"):
        token_id = InitialAccessToken.objects.get(name="partners").id
    console.post(PAGE, {"token": "delete", "delete": token_id})
    with enter_tenant("default"):
        assert not InitialAccessToken.objects.exists()


def test_a_token_without_a_name_or_with_a_taken_one(console: Client) -> None:
    for name in ("", "partners", "partners"):
        console.post(PAGE, {"token": "add", "name": name})
    with enter_tenant("default"):
        assert InitialAccessToken.objects.count() == 1


def test_only_admins(dave: User) -> None:
    assert browser_of(dave).get(PAGE).status_code == 403
    assert browser_of(dave).post(PAGE, FORM).status_code == 403


class TestApplications:
    @pytest.fixture
    def registered(self, console: Client) -> str:
        console.post(PAGE, {**FORM, "registration": "on"})
        answer = Client(HTTP_HOST="localhost:8000").post("/oidc/register", METADATA, content_type="application/json")
        return str(answer.json()["client_id"])

    def test_are_marked_and_told_apart(self, console: Client, registered: str) -> None:
        everything = console.get(LIST).content.decode()
        assert "Agent Smith" in everything
        assert "Registered itself" in everything
        assert "Agent Smith" in console.get(LIST, {"registered": "itself"}).content.decode()
        assert "Agent Smith" not in console.get(LIST, {"registered": "developer"}).content.decode()

    def test_say_about_themselves(self, console: Client, registered: str) -> None:
        page = console.get(f"{LIST}{registered}/change/").content.decode()
        assert "What it says about itself" in page
        assert "smith@agent.example" in page

    def test_are_removed(self, console: Client, registered: str) -> None:
        console.post(f"{LIST}{registered}/delete/", {"post": "yes"})
        with enter_tenant("default"):
            assert not Application.objects.filter(id=registered).exists()

    def test_the_stand_in_is_not_among_them(self, console: Client, registered: str) -> None:
        with enter_tenant("default"):
            stand_in = ensure_stand_in()
        assert stand_in.id not in console.get(LIST).content.decode()
        assert console.get(f"{LIST}{stand_in.id}/change/").status_code == 302
