"""How the pages look: colors, images, style, language, and the policy that guards them."""

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from applications.models import Application
from common import error_pages
from common.error_pages import Contact
from experience.models import SignInExperience
from experience.pages.look import build_look
from experience.pages.palette import DARK_WASH, LIGHT_WASH, _contrast, _parse, palette_of
from organizations.models import Organization
from tests.experience.pages.conftest import Visitor

colors = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def contrast(one: str, other: str) -> float:
    first, second = _parse(one), _parse(other)
    assert first is not None
    assert second is not None
    return _contrast(first, second)


@given(colors, colors)
def test_every_accent_is_readable(light: str, dark: str) -> None:
    palette = palette_of({"primaryColor": light, "isDarkModeEnabled": True, "darkPrimaryColor": dark})
    assert palette.dark is not None
    for accent, surface in (
        (palette.light, "#ffffff"),
        (palette.light, LIGHT_WASH),
        (palette.dark, "#181a20"),
        (palette.dark, DARK_WASH),
    ):
        assert contrast(accent.base, accent.on_base) >= 4.5
        assert contrast(accent.pressed, accent.on_base) >= 4.5
        assert contrast(accent.ink, surface) >= 4.5


@pytest.mark.parametrize("color", [None, "red", "#12", "#ffffff;}", 7])
def test_a_malformed_color_is_the_default(color: object) -> None:
    assert palette_of({"primaryColor": color}).light == palette_of({}).light
    assert palette_of({}).dark is None


def test_short_colors_are_read() -> None:
    assert palette_of({"primaryColor": "#0a0"}).light.base == "#00aa00"


def test_the_accent_and_dark_mode_are_the_tenants(visitor: Visitor, settings_of: Callable[..., None]) -> None:
    settings_of(color={"primaryColor": "#ffd400", "isDarkModeEnabled": False, "darkPrimaryColor": "#ffd400"})
    visitor.open()
    assert "--accent:#ffd400;--on-accent:#111318" in visitor.html
    assert "prefers-color-scheme" not in visitor.html
    assert 'content="light"' in visitor.html


def test_both_ways_to_get_help_are_shown(visitor: Visitor, settings_of: Callable[..., None]) -> None:
    """A tenant with a help page and an email address has both on the page; the page once hid the address."""
    settings_of(supportWebsiteUrl="https://help.example/", supportEmail="help@example.com")
    visitor.open()
    assert 'href="https://help.example/"' in visitor.html
    assert 'href="mailto:help@example.com"' in visitor.html


def test_the_organization_comes_before_the_tenant(visitor: Visitor, settings_of: Callable[..., None]) -> None:
    settings_of(
        branding={"logoUrl": "https://img.example.com/tenant.png", "darkLogoUrl": "https://img.example.com/d.png"}
    )
    organization = Organization.objects.create(
        name="Acme", color={"primaryColor": "#0b8457"}, branding={"logoUrl": "http://localhost:9000/acme.png"}
    )
    visitor.open(organization_id=organization.id)
    assert "--accent:#0b8457" in visitor.html
    assert "http://localhost:9000/acme.png" in visitor.html
    assert "d.png" in visitor.html
    policy = visitor.response["Content-Security-Policy"]
    assert "img-src 'self' data: http://localhost:9000 https://img.example.com" in policy
    assert "--accent:#0b8457" not in visitor.open(organization_id="nobodys").html


def test_custom_css_cannot_leave_its_element(visitor: Visitor, settings_of: Callable[..., None]) -> None:
    settings_of(customCss="main > h1 { color: red } </style><script>alert(1)</script>")
    visitor.open()
    assert "main > h1 { color: red } <\\/style>" in visitor.html
    assert "</style><script>" not in visitor.html


def test_custom_css_asks_for_nothing_outside(visitor: Visitor, settings_of: Callable[..., None]) -> None:
    """Two locks: what was stored before there was a rule is cleaned, and the policy admits nothing more for a style.

    The policy once opened pictures and fonts to every https address, so a selector could tell what is typed.
    """
    SignInExperience.objects.update(custom_css="h1 { color: red } a { background: url(https://evil.example/) }")
    visitor.open()
    assert "h1 { color: red } a { background: url(data:,) }" in visitor.html
    policy = dict(part.partition(" ")[::2] for part in visitor.response["Content-Security-Policy"].split("; "))
    assert policy["img-src"] == "'self' data:"
    assert policy["font-src"] == "'self' data:"


def test_each_surface_has_its_pictures_and_its_color(visitor: Visitor, settings_of: Callable[..., None]) -> None:
    images = {name: f"https://img.example.com/{name}.png" for name in ("logoUrl", "darkLogoUrl")}
    icons = {name: f"https://img.example.com/{name}.png" for name in ("favicon", "darkFavicon")}
    settings_of(
        color={"primaryColor": "#0b8457", "isDarkModeEnabled": True, "darkPrimaryColor": "#59e0ae"},
        branding={**images, **icons},
    )
    html = visitor.open().html
    dark = 'media="(prefers-color-scheme: dark)"'
    assert f'<source srcset="{images["darkLogoUrl"]}" {dark}><img src="{images["logoUrl"]}"' in html
    assert f'<link rel="icon" href="{icons["favicon"]}" media="(prefers-color-scheme: light)">' in html
    assert f'<link rel="icon" href="{icons["darkFavicon"]}" {dark}>' in html
    assert '<meta name="theme-color" content="#0b8457" media="(prefers-color-scheme: light)">' in html
    assert f'<meta name="theme-color" content="#59e0ae" {dark}>' in html
    settings_of(branding={"darkFavicon": icons["darkFavicon"]})
    assert f'<link rel="icon" href="{icons["darkFavicon"]}" {dark}>' in visitor.open().html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a b/x.png", "https://x;script-src *", "//x", "https:x"]
)
def test_only_web_addresses_are_drawn(url: str) -> None:
    settings = {"branding": {"logoUrl": url}, "termsOfUseUrl": url, "color": {}}
    look = build_look(settings, application_name="Shop")
    assert (look.logo, look.terms_url, look.image_origins) == ("", "", [])


def test_every_page_has_a_strict_policy(visitor: Visitor) -> None:
    visitor.open()
    policy = dict(part.partition(" ")[::2] for part in visitor.response["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    nonce = policy["script-src"]
    assert nonce.startswith("'nonce-")
    assert f'<script nonce="{nonce[7:-1]}">' in visitor.html
    assert "unsafe" not in visitor.response["Content-Security-Policy"]
    assert "no-store" in visitor.response["Cache-Control"]
    assert visitor.go("/sign-in").response["Content-Security-Policy"].find(nonce) == -1


@pytest.mark.parametrize(
    ("ui_locales", "accepted", "language", "direction"),
    [
        ("xx ar-EG", "de", "ar", "rtl"),
        ("", "de-AT,de;q=0.9", "de", "ltr"),
        ("", "zh-TW", "zh-TW", "ltr"),
        ("pt-PT", "en", "pt-PT", "ltr"),
        ("fa", "en", "fa-IR", "rtl"),
        ("", "xx", "fr", "ltr"),
    ],
)
def test_the_language_is_the_applications_the_browsers_the_tenants(
    application: Application,
    settings_of: Callable[..., None],
    ui_locales: str,
    accepted: str,
    language: str,
    direction: str,
) -> None:
    settings_of(languageInfo={"autoDetect": True, "fallbackLanguage": "fr"})
    visitor = Visitor(application, accept_language=accepted)
    visitor.open(**({"ui_locales": ui_locales} if ui_locales else {}))
    assert f'<html lang="{language}" dir="{direction}"' in visitor.html
    assert visitor.response["Content-Language"] == language


def test_the_browser_is_not_heard_where_the_tenant_says_so(
    application: Application, settings_of: Callable[..., None]
) -> None:
    settings_of(languageInfo={"autoDetect": False, "fallbackLanguage": "ja"})
    assert '<html lang="ja"' in Visitor(application, accept_language="de").open().html


@pytest.mark.parametrize("path", ["/nothing-here", "/oidc/auth?client_id=nobody"])
def test_error_pages_name_the_tenants_support(
    client: Client, acme_client: Client, settings_of: Callable[..., None], path: str
) -> None:
    """Whoever was shown a trace id had nobody to send it to."""
    settings_of(supportEmail="help@example.com", supportWebsiteUrl="https://help.example.com/")
    html = client.get(path, headers={"accept": "text/html"}).content.decode()
    assert '<a href="mailto:help@example.com" dir="ltr">help@example.com</a>' in html
    assert '<a href="https://help.example.com/" rel="noreferrer">Help</a>' in html
    assert "mailto:" not in acme_client.get(path, headers={"accept": "text/html"}).content.decode()


def test_an_error_page_needs_no_database(
    client: Client, settings_of: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Contact:
        raise OperationalError("the server is gone")

    monkeypatch.setattr(error_pages, "_contacts", [fail])
    assert client.get("/nothing-here", headers={"accept": "text/html"}).status_code == 404
