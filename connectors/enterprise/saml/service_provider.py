"""This installation as the service provider of one connector: its name, its address and its metadata."""

from common.saml.metadata import render_sp_metadata
from connectors.enterprise.provider import ProviderType, find_provider
from connectors.enterprise.selectors import config_of, list_signing_keys
from connectors.models import SsoConnector
from tenants.configuration import cached


def entity_id_of(origin: str, connector_id: str) -> str:
    """Return the service provider's entity ID, which is also where its metadata is."""
    return f"{origin}/enterprise-sso/{connector_id}"


def acs_url_of(origin: str, connector_id: str) -> str:
    """Return the address of the assertion consumer service."""
    return f"{origin}/api/authn/single-sign-on/saml/{connector_id}"


def find_service_provider_metadata(origin: str, connector_id: str) -> bytes | None:
    """Return the metadata of a SAML connector's service provider, `None` if there is no such connector; cached.

    It is there before the connector knows its identity provider, which often asks for it first. Every key can decrypt
    and verify; during a rotation the identity provider learns of the next one here.
    """
    signs = cached("saml-service-providers", "", _service_providers).get(connector_id)
    if signs is None:
        return None
    certificates = [key.certificate for key in list_signing_keys(connector_id)]
    return render_sp_metadata(
        entity_id=entity_id_of(origin, connector_id),
        acs_url=acs_url_of(origin, connector_id),
        signing_certificates=certificates,
        encryption_certificates=certificates,
        signs_requests=signs,
    )


def _service_providers() -> dict[str, bool]:
    """Return whether each SAML connector signs its requests."""
    found = {}
    for row in SsoConnector.objects.all():
        provider = find_provider(row.provider_name)
        if provider is not None and provider.type == ProviderType.SAML:
            found[row.id] = bool(config_of(row).get("signAuthnRequest"))
    return found
