"""Pictures of the hosted pages: the console frames them, and nobody can do or learn anything there."""

import re
from typing import Any

import pytest
from django.test import Client

from experience.pages.previews import PAGES
from oidc.models import AuthorizationRequest
from tenants.models import Tenant
from tests.experience.second_factors.conftest import Settings

pytestmark = pytest.mark.django_db


def policy_of(response: Any) -> dict[str, str]:
    """The content security policy, by directive."""
    parts = (part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, _, sources in parts}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_picture(client: Client, tenant: Tenant, settings_of: Settings, name: str) -> None:
    settings_of(mfa={"factors": ["Totp", "BackupCode"], "policy": "UserControlled"})
    response = client.get("/sign-in", {"preview": name})
    html = response.content.decode()
    assert response.status_code == 200
    assert "<h1>" in html
    assert "Not in use" not in html or name in ("forgot-password",)
    assert "<body inert>" in html
    assert not re.search(r"<script|csrfmiddlewaretoken|http-equiv", html)
    assert not response.cookies
    assert not AuthorizationRequest.objects.exists()


def test_only_the_console_frames_it_and_it_is_a_document_of_no_origin(client: Client, tenant: Tenant) -> None:
    policy = policy_of(client.get("/sign-in?preview=true"))
    assert policy["frame-ancestors"] == "http://admin.localhost:8000"
    assert policy["sandbox"] == ""
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert "script-src" not in policy
    assert re.fullmatch(r"'nonce-[\w+/=]+'", policy["style-src"])


def test_without_the_word_it_is_the_page_itself(client: Client, tenant: Tenant) -> None:
    assert client.get("/sign-in")["Location"] == "/unknown-session"
    assert client.post("/sign-in?preview=true").status_code == 405


@pytest.mark.parametrize("name", ["", "true", "nowhere", "__class__", "<script>alert(1)</script>"])
def test_any_other_name_is_the_first_page(client: Client, tenant: Tenant, name: str) -> None:
    html = client.get("/sign-in", {"preview": name, "theme": name, "language": name}).content.decode()
    assert "<h1>Sign in</h1>" in html
    assert "alert(1)" not in html


def test_it_speaks_the_language_asked_for(client: Client, tenant: Tenant) -> None:
    response = client.get("/sign-in?preview=true&language=de")
    assert response.headers["Content-Language"] == "de"
    assert '<html lang="de"' in response.content.decode()


def test_a_theme_is_the_viewers_choice_not_the_browsers(client: Client, tenant: Tenant, settings_of: Settings) -> None:
    settings_of(customCss="@media (prefers-color-scheme: dark) { h1 { color: red } }")
    dark, light = (
        client.get("/sign-in", {"preview": "true", "theme": theme}).content.decode() for theme in ("dark", "light")
    )
    # A frame has neither an icon nor a frame of its own to be colored.
    assert not re.search(r"@media[^{]*prefers-color-scheme|<source[^>]*prefers-color-scheme", dark + light)
    assert "@media (min-width: 0) { h1" in dark
    assert "@media (max-width: 0) { h1" in light
    assert dark != light


def test_what_is_shown_is_the_saved_settings(client: Client, tenant: Tenant, settings_of: Settings) -> None:
    settings_of(
        signInMode="Register", color={"primaryColor": "#112233", "isDarkModeEnabled": False, "darkPrimaryColor": "#fff"}
    )
    assert "#112233" in client.get("/sign-in?preview=register").content.decode()
    assert "Not in use" in client.get("/sign-in?preview=true").content.decode()


def test_a_style_sheet_cannot_end_its_element(client: Client, tenant: Tenant, settings_of: Settings) -> None:
    settings_of(customCss="h1::after { content: '</style><script>alert(1)</script>' }")
    assert "</style><script" not in client.get("/sign-in?preview=true").content.decode()
