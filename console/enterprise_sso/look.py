"""What stands for a provider, and the addresses that its administrator enters at the identity provider."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from connectors.enterprise.provider import Provider, ProviderType, list_providers
from connectors.enterprise.saml.service_provider import acs_url_of, entity_id_of
from connectors.models import SsoConnector
from tenants.context import current_tenant_id
from tenants.hosts import origin_of_tenant


def look_of(provider: Provider) -> dict[str, str]:
    """Return the addresses of a provider's logos."""
    return {"logo": static(provider.logo), "logo_dark": static(provider.logo_dark)}


def choices() -> list[dict[str, Any]]:
    """Return the providers to choose from."""
    return [
        {
            **look_of(provider),
            "name": provider.title,
            "text": provider.description,
            "link": f"?provider={provider.name}",
        }
        for provider in list_providers()
    ]


def addresses_of(connector: SsoConnector, provider: Provider) -> dict[str, str]:
    """Return what is entered at the identity provider, by the name that the guide has for it."""
    origin = origin_of_tenant(current_tenant_id())
    if provider.type == ProviderType.OIDC:
        return {"callbackUri": f"{origin}/callback/{connector.id}"}
    return {"acsUrl": acs_url_of(origin, connector.id), "entityId": entity_id_of(origin, connector.id)}


def test_address(request: HttpRequest, connector: SsoConnector, provider: Provider) -> str:
    """Return where the identity provider sends the browser after a test: a page of the console."""
    name = "callback" if provider.type == ProviderType.OIDC else "acs"
    return request.build_absolute_uri(reverse(f"admin:connectors_ssoconnector_test_{name}", args=[connector.pk]))
