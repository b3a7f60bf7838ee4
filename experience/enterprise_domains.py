"""Email addresses of enterprises, whose users sign in at their own identity provider."""

from collections.abc import Mapping
from typing import Any

from common.email_addresses import email_domain
from common.errors import AppError
from connectors.enterprise.provider import SsoConnection
from connectors.enterprise.selectors import list_connections_of_domain
from connectors.logos import logo_address
from experience.records import Identifier
from experience.sign_in_settings import SignInSettings


def list_connections_of_email(email: str, settings: SignInSettings) -> list[SsoConnection]:
    """Return the connectors that an address belongs to; none while the tenant has enterprise sign-in off."""
    domain = email_domain(email)
    return list_connections_of_domain(domain) if domain and settings.is_sso_enabled else []


def assert_no_enterprise_email(identifier: Identifier, settings: SignInSettings) -> None:
    """Raise `session.sso_enabled` (422) with the connectors for an address that belongs to an enterprise."""
    if identifier.kind != "email":
        return
    if found := list_connections_of_email(identifier.value, settings):
        raise AppError("session.sso_enabled", data={"ssoConnectors": [represent_connection(each) for each in found]})


def represent_connection(connection: SsoConnection) -> Mapping[str, Any]:
    """Return what anybody may know of an enterprise connector: its id, what its button says, its logos."""
    branding = connection.branding
    shown = {
        "id": connection.id,
        "connectorName": connection.display_name,
        "logo": logo_address(branding.get("logo") or connection.provider.logo),
        "darkLogo": logo_address(branding.get("darkLogo") or connection.provider.logo_dark),
    }
    return {name: value for name, value in shown.items() if value}


def vouches_for(connection: SsoConnection, email: str | None) -> bool:
    """Whether an enterprise's word for an address counts: it is of one of the enterprise's own domains.

    Anybody's identity provider can claim any address; a connector may be set up by the enterprise itself.
    """
    return bool(email) and email_domain(email or "") in connection.domains
