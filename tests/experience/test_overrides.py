"""Whose look a page has: the tenant's, over it the application's, over that the organization's, member by member."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from applications.services.sign_in_experience import set_application_sign_in_experience
from common.actors import SYSTEM
from common.errors import AppError
from experience.overrides import override_settings
from organizations.models import Organization
from organizations.services.organizations import create_organization, update_organization

pytestmark = pytest.mark.django_db

COLOR_MEMBERS = {
    "primaryColor": ("#111111", "#222222", "#333333"),
    "darkPrimaryColor": ("#aaaaaa", "#bbbbbb", "#cccccc"),
    "isDarkModeEnabled": (False, True, False),
}
BRANDING_MEMBERS = ("logoUrl", "darkLogoUrl", "favicon", "darkFavicon")
TENANT_COLOR = {"primaryColor": "#111111", "darkPrimaryColor": "#aaaaaa", "isDarkModeEnabled": False}


def address(owner: str, member: str) -> str:
    return f"https://img.example.com/{owner}/{member}.png"


@pytest.fixture
def acme(application: Application) -> Organization:
    return create_organization(name="Acme", actor=SYSTEM)


@pytest.fixture
def look(application: Application, settings_of: Callable[..., None]) -> Callable[..., dict[str, Any]]:
    """The look that pages of these have; the tenant says everything."""
    branding = {member: address("tenant", member) for member in BRANDING_MEMBERS}
    settings_of(color=TENANT_COLOR, branding=branding, customCss="/* tenant */")

    def of(**query: str) -> dict[str, Any]:
        answer: dict[str, Any] = Client().get("/api/.well-known/sign-in-exp", query).json()
        return {name: answer[name] for name in ("color", "branding", "customCss")}

    return of


@pytest.mark.parametrize("member", COLOR_MEMBERS)
def test_each_color_comes_from_the_nearest(
    look: Callable[..., dict[str, Any]], application: Application, acme: Organization, member: str
) -> None:
    tenants, applications, organizations = COLOR_MEMBERS[member]
    set_application_sign_in_experience(application, color={member: applications}, actor=SYSTEM)
    assert look(appId=application.id)["color"] == {**TENANT_COLOR, member: applications}
    update_organization(acme, color={member: organizations}, actor=SYSTEM)
    assert look(appId=application.id, organizationId=acme.id)["color"] == {**TENANT_COLOR, member: organizations}
    assert look(organizationId=acme.id)["color"] == {**TENANT_COLOR, member: organizations}
    assert look()["color"] == {**TENANT_COLOR, member: tenants}


@pytest.mark.parametrize("member", BRANDING_MEMBERS)
def test_each_picture_comes_from_the_nearest(
    look: Callable[..., dict[str, Any]], application: Application, acme: Organization, member: str
) -> None:
    tenants = look()["branding"]
    set_application_sign_in_experience(application, branding={member: address("app", member)}, actor=SYSTEM)
    assert look(appId=application.id)["branding"] == {**tenants, member: address("app", member)}
    update_organization(acme, branding={member: address("acme", member)}, actor=SYSTEM)
    both = look(appId=application.id, organizationId=acme.id)["branding"]
    assert both == {**tenants, member: address("acme", member)}


def test_the_nearest_style_sheet_replaces_the_others(
    look: Callable[..., dict[str, Any]], application: Application, acme: Organization
) -> None:
    set_application_sign_in_experience(application, custom_css="/* app */", actor=SYSTEM)
    assert look(appId=application.id, organizationId=acme.id)["customCss"] == "/* app */"
    update_organization(acme, custom_css="/* acme */", actor=SYSTEM)
    assert look(appId=application.id, organizationId=acme.id)["customCss"] == "/* acme */"
    assert look(appId=application.id)["customCss"] == "/* app */"
    assert look()["customCss"] == "/* tenant */"


def test_members_of_all_three_stand_next_to_each_other(
    look: Callable[..., dict[str, Any]], application: Application, acme: Organization
) -> None:
    set_application_sign_in_experience(
        application, color={"darkPrimaryColor": "#bbbbbb"}, branding={"favicon": address("app", "f")}, actor=SYSTEM
    )
    update_organization(
        acme, color={"isDarkModeEnabled": True}, branding={"darkLogoUrl": address("acme", "d")}, actor=SYSTEM
    )
    mixed = look(appId=application.id, organizationId=acme.id)
    assert mixed["color"] == {"primaryColor": "#111111", "darkPrimaryColor": "#bbbbbb", "isDarkModeEnabled": True}
    assert mixed["branding"] == {
        "logoUrl": address("tenant", "logoUrl"),
        "darkLogoUrl": address("acme", "d"),
        "favicon": address("app", "f"),
        "darkFavicon": address("tenant", "darkFavicon"),
    }
    assert mixed["customCss"] == "/* tenant */"


def test_a_third_party_has_no_say(look: Callable[..., dict[str, Any]], application: Application) -> None:
    set_application_sign_in_experience(application, color={"primaryColor": "#222222"}, custom_css="a {}", actor=SYSTEM)
    Application.objects.filter(id=application.id).update(is_third_party=True)
    assert look(appId=application.id) == look()


@pytest.mark.parametrize("unknown", ["", "nobodys", "x" * 5000, "a\u0000b", "'; --", "../default"])
def test_an_unknown_id_changes_nothing(look: Callable[..., dict[str, Any]], acme: Organization, unknown: str) -> None:
    settings = {"color": TENANT_COLOR, "branding": {}, "customCss": None}
    assert override_settings(settings, application_id=unknown, organization_id=unknown) == settings
    if "\0" not in unknown:
        assert look(appId=unknown, organizationId=unknown) == look()


def test_one_rule_for_the_style_sheets_of_all_three(
    application: Application, acme: Organization, settings_of: Callable[..., None]
) -> None:
    hostile = "a {}\nb { background: url(https://evil.example/) }"
    writes: list[Callable[[], Any]] = [
        lambda: settings_of(customCss=hostile),
        lambda: set_application_sign_in_experience(application, custom_css=hostile, actor=SYSTEM),
        lambda: update_organization(acme, custom_css=hostile, actor=SYSTEM),
        lambda: create_organization(name="New", custom_css=hostile, actor=SYSTEM),
    ]
    for write in writes:
        with pytest.raises(AppError) as refused:
            write()
        assert refused.value.code == "guard.invalid_input"
        assert "Line 2" in str(refused.value.data)
