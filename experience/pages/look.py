"""How the pages look to one application: the tenant's brand, with the organization's over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from experience.pages.palette import Palette, palette_of
from organizations.models import Organization

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


def _url(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MAX_URL_LENGTH:
        return ""
    # A space or a semicolon in a host would end the source in the policy's header.
    parts = urlsplit(value)
    is_web = parts.scheme in ("http", "https") and parts.netloc and not set(parts.netloc) & set(" ;,'\"\\@")
    return value if is_web else ""


def _css(value: object) -> str:
    # `<\/` means the same to a style sheet and nothing to an HTML parser.
    return value.replace("</", "<\\/") if isinstance(value, str) else ""


def _merged(base: object, over: object) -> dict[str, Any]:
    return {
        **(base if isinstance(base, Mapping) else {}),
        **({key: value for key, value in over.items() if value} if isinstance(over, Mapping) else {}),
    }


def build_look(settings: Mapping[str, Any], *, application_name: str, organization_id: str = "") -> Look:
    """Return the look of the public settings; an unknown organization changes nothing. At most 1 statement."""
    organization = (
        Organization.objects.only("color", "branding", "custom_css").filter(id=organization_id).first()
        if organization_id
        else None
    )
    color = _merged(settings.get("color"), organization.color if organization else None)
    branding = _merged(settings.get("branding"), organization.branding if organization else None)
    custom_css = (organization.custom_css if organization else None) or settings.get("customCss")
    return Look(
        application_name=application_name,
        palette=palette_of(color),
        logo=_url(branding.get("logoUrl")),
        dark_logo=_url(branding.get("darkLogoUrl")),
        favicon=_url(branding.get("favicon")),
        dark_favicon=_url(branding.get("darkFavicon")),
        custom_css=_css(custom_css),
        terms_url=_url(settings.get("termsOfUseUrl")),
        privacy_url=_url(settings.get("privacyPolicyUrl")),
        support_url=_url(settings.get("supportWebsiteUrl")),
        support_email=str(settings.get("supportEmail") or ""),
    )
