"""How the pages look: what the public settings say, made safe to draw."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from common.ascii_urls import to_ascii_url
from common.style_sheets import clean_style_sheet
from experience.pages.palette import Palette, palette_of

_MAX_URL_LENGTH = 2048


@dataclass(frozen=True, slots=True)
class Look:
    """What templates draw. Every URL is http(s) or empty; `custom_css` is safe inside of a style element."""

    application_name: str
    palette: Palette
    logo: str
    dark_logo: str
    favicon: str
    dark_favicon: str
    custom_css: str
    terms_url: str
    privacy_url: str
    support_url: str
    support_email: str

    @property
    def image_origins(self) -> list[str]:
        """The origins of the images that the pages load, for the content security policy."""
        urls = (self.logo, self.dark_logo, self.favicon, self.dark_favicon)
        return sorted({f"{parts.scheme}://{parts.netloc}" for url in urls if (parts := urlsplit(url)).netloc})


def safe_url(value: object) -> str:
    """Return an http(s) address as it may stand in a page and in its policy, in ASCII; empty for anything else."""
    if not isinstance(value, str) or len(value) > _MAX_URL_LENGTH:
        return ""
    value = to_ascii_url(value)
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    # A space or a semicolon in a host would end the source in the policy's header.
    is_plain = not set(parts.netloc) & set(" ;,'\"\\@")
    return value if parts.scheme in ("http", "https") and parts.netloc and is_plain else ""


def _css(value: object) -> str:
    # Stored before there was a rule, it may still reach outside.
    return clean_style_sheet(value) if isinstance(value, str) else ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def build_look(settings: Mapping[str, Any], *, application_name: str) -> Look:
    """Return the look of the public settings."""
    branding = _object(settings.get("branding"))
    return Look(
        application_name=application_name,
        palette=palette_of(_object(settings.get("color"))),
        logo=safe_url(branding.get("logoUrl")),
        dark_logo=safe_url(branding.get("darkLogoUrl")),
        favicon=safe_url(branding.get("favicon")),
        dark_favicon=safe_url(branding.get("darkFavicon")),
        custom_css=_css(settings.get("customCss")),
        terms_url=safe_url(settings.get("termsOfUseUrl")),
        privacy_url=safe_url(settings.get("privacyPolicyUrl")),
        support_url=safe_url(settings.get("supportWebsiteUrl")),
        support_email=str(settings.get("supportEmail") or ""),
    )


def look_of_third_party(look: Look, *, name: str, branding: Mapping[str, Any]) -> Look:
    """Return a look under a third party's name and logo, without the tenant's terms: they are not about this."""
    return replace(
        look,
        application_name=name,
        logo=safe_url(branding.get("logoUrl")),
        dark_logo=safe_url(branding.get("darkLogoUrl")),
        terms_url="",
        privacy_url="",
    )
