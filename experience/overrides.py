"""The tenant's look with that of an application and of an organization over it."""

from collections.abc import Mapping
from typing import Any

from applications.clients import find_client
from oidc.consent.selectors import presentation_of
from organizations.models import Organization


def _merged(base: object, over: Mapping[str, Any]) -> dict[str, Any]:
    own = base if isinstance(base, Mapping) else {}
    return {**own, **{key: value for key, value in over.items() if value or value is False}}


def _laid_over(
    settings: Mapping[str, Any], *, color: Mapping[str, Any], branding: Mapping[str, Any], custom_css: str | None
) -> dict[str, Any]:
    return {
        **settings,
        "color": _merged(settings.get("color"), color),
        "branding": _merged(settings.get("branding"), branding),
        "customCss": custom_css or settings.get("customCss"),
    }


def override_settings(
    settings: Mapping[str, Any], *, application_id: str = "", organization_id: str = ""
) -> Mapping[str, Any]:
    """Return public settings whose `color`, `branding` and `customCss` are the organization's, else the application's.

    A third-party application has no say in how the tenant's own pages look, and an unknown id changes nothing. At most
    1 statement, for the organization.
    """
    client = find_client(application_id) if application_id.isprintable() else None
    if client is not None and not client.is_third_party:
        own = presentation_of(client.id)
        settings = _laid_over(settings, color=own.color, branding=own.branding, custom_css=own.custom_css)
    if organization_id and organization_id.isprintable():
        organizations = Organization.objects.only("color", "branding", "custom_css")
        if organization := organizations.filter(id=organization_id).first():
            settings = _laid_over(
                settings,
                color=organization.color,
                branding=organization.branding,
                custom_css=organization.custom_css,
            )
    return settings
