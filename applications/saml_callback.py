"""Where the provider's answers for a SAML application go: back to the installation, on each of the tenant's hosts.

A SAML application is a client of the provider inside of the house. What its service provider is told is `saml`'s.
"""

from tenants.context import current_tenant_id
from tenants.hosts import origins_of_tenant


def saml_callback_path(application_id: str) -> str:
    """Return the path that takes the answer of the authorization endpoint."""
    return f"/api/saml-applications/{application_id}/callback"


def saml_callback_uris(application_id: str) -> list[str]:
    """Return the redirect URIs of a SAML application; they follow the tenant's domains. One statement."""
    path = saml_callback_path(application_id)
    return [f"{origin}{path}" for origin in origins_of_tenant(current_tenant_id())]
