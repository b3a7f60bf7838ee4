"""What anybody may know of the providers that a tenant's users sign in with."""

from typing import Any

from connectors.enterprise.selectors import list_sso_connections
from connectors.logos import logo_address
from connectors.selectors import SocialConnection, list_social_connections
from experience.enterprise_domains import represent_connection
from experience.sign_in_settings import SignInSettings

_GOOGLE = "google"


def list_social_buttons(settings: SignInSettings) -> list[SocialConnection]:
    """Return the social connectors that the sign-in page offers, in the tenant's order of their targets."""
    targets = settings.wire["socialSignInConnectorTargets"]
    offered = [each for each in list_social_connections().values() if each.target in targets]
    return sorted(offered, key=lambda each: targets.index(each.target))


def represent_social_connection(connection: SocialConnection) -> dict[str, Any]:
    """Return what a sign-in page shows of a social connector."""
    factory, metadata = connection.factory, connection.metadata
    name = metadata.get("name") or {"en": factory.name}
    return {
        "id": connection.id,
        "target": connection.target,
        "platform": factory.platform.value if not factory.is_standard else None,
        "name": name,
        "logo": logo_address(metadata.get("logo") or factory.logo),
        "logoDark": logo_address(metadata.get("logoDark") or factory.logo_dark) or None,
        "isStandard": factory.is_standard,
    }


def has_offered_enterprise(settings: SignInSettings) -> bool:
    """Whether users of some enterprise sign in at their own identity provider."""
    return settings.is_sso_enabled and any(each.is_offered for each in list_sso_connections().values())


def represent_public_connectors(settings: SignInSettings) -> dict[str, Any]:
    """Return the members of the public settings that are about providers."""
    social = list_social_buttons(settings)
    enterprise = list_sso_connections().values() if settings.is_sso_enabled else ()
    return {
        "socialConnectors": [represent_social_connection(each) for each in social],
        "ssoConnectors": [represent_connection(each) for each in enterprise if each.is_offered],
        **_represent_one_tap(social),
    }


def _represent_one_tap(social: list[SocialConnection]) -> dict[str, Any]:
    google = next((each for each in social if each.target == _GOOGLE), None)
    one_tap = google.config.get("oneTap") if google else None
    if google is None or not one_tap:
        return {}
    return {"googleOneTap": {**one_tap, "clientId": google.config["clientId"], "connectorId": google.id}}
