"""Enterprise connectors, their providers and keys on the wire."""

from typing import Any

from rest_framework import serializers

from common.clock import to_milliseconds
from common.errors import AppError
from common.rest.fields import Flag, JsonObject, Text, Texts
from common.saml.certificates import parse_certificate
from connectors.enterprise.provider import Provider, ProviderType, get_provider
from connectors.enterprise.saml.config import DEFAULT_MAPPING
from connectors.enterprise.saml.service_provider import acs_url_of, entity_id_of
from connectors.enterprise.selectors import config_of
from connectors.logos import logo_address
from connectors.models import SsoConnector, SsoSigningKey
from experience.models import IdpInitiatedSignIn


# --- Bodies ----------------------------------------------------------------------------------------------------------
class ConnectorUpdate(serializers.Serializer[Any]):
    """What of a connector can be changed."""

    connectorName = Text(source="connector_name", min_length=1, max_length=128, required=False)
    config = JsonObject(required=False)
    domains = Texts(required=False)
    branding = JsonObject(required=False)
    syncProfile = Flag(source="sync_profile", required=False)
    enableTokenStorage = Flag(source="enable_token_storage", required=False)


class ConnectorCreation(ConnectorUpdate):
    """A new connector."""

    providerName = Text(source="provider_name", min_length=1, max_length=128)
    connectorName = Text(source="connector_name", min_length=1, max_length=128)


class KeyCreation(serializers.Serializer[Any]):
    """A new key."""

    active = Flag(required=False)


class KeyUpdate(serializers.Serializer[Any]):
    """Whether a key signs."""

    active = Flag()


class IdpInitiatedInput(serializers.Serializer[Any]):
    """Where users go who begin at the identity provider."""

    defaultApplicationId = Text(source="application_id", min_length=1, max_length=21)
    autoSendAuthorizationRequest = Flag(source="auto_send_authorization_request")
    redirectUri = Text(source="redirect_uri", required=False, allow_null=True)
    authParameters = JsonObject(source="auth_parameters", required=False)
    clientIdpInitiatedAuthCallbackUri = Text(source="client_callback_uri", required=False, allow_null=True)


# --- Rows ------------------------------------------------------------------------------------------------------------
def connector_row(connector: SsoConnector) -> dict[str, Any]:
    """Return a connector."""
    return {
        "tenantId": connector.tenant_id,
        "id": connector.id,
        "providerName": connector.provider_name,
        "connectorName": connector.connector_name,
        "config": config_of(connector),
        "domains": connector.domains,
        "branding": connector.branding,
        "syncProfile": connector.sync_profile,
        "enableTokenStorage": connector.enable_token_storage,
        "createdAt": to_milliseconds(connector.created_at),
    }


def connector_row_with_provider(connector: SsoConnector, *, origin: str) -> dict[str, Any]:
    """Return a connector with its provider, and what its identity provider says of itself if it answers.

    Contacts the identity provider, unless what it published is remembered.
    """
    provider = get_provider(connector.provider_name)
    row = connector_row(connector) | {
        "name": provider.title,
        "providerType": provider.type.value,
        "providerLogo": logo_address(provider.logo),
        "providerLogoDark": logo_address(provider.logo_dark),
    }
    published = _published(provider, row["config"])
    if provider.type == ProviderType.SAML:
        return row | {"providerConfig": _service_provider(connector, origin) | (published or {})}
    return row if published is None else row | {"providerConfig": published}


def _published(provider: Provider, config: dict[str, Any]) -> dict[str, Any] | None:
    if not provider.is_configured(config):
        return None
    try:
        return provider.protocol.describe(config)
    except AppError:
        return None


def _service_provider(connector: SsoConnector, origin: str) -> dict[str, Any]:
    return {
        "defaultAttributeMapping": dict(DEFAULT_MAPPING),
        "serviceProvider": {
            "entityId": entity_id_of(origin, connector.id),
            "assertionConsumerServiceUrl": acs_url_of(origin, connector.id),
        },
    }


def provider_row(provider: Provider) -> dict[str, Any]:
    """Return a provider."""
    return {
        "providerName": provider.name,
        "providerType": provider.type.value,
        "logo": logo_address(provider.logo),
        "logoDark": logo_address(provider.logo_dark),
        "description": provider.description,
        "name": provider.title,
    }


def signing_key_row(key: SsoSigningKey) -> dict[str, Any]:
    """Return a key; its private part never leaves."""
    fingerprint = parse_certificate(key.certificate).fingerprint
    pairs = [fingerprint[place : place + 2].upper() for place in range(0, len(fingerprint), 2)]
    return {
        "id": key.id,
        "certificate": key.certificate,
        "createdAt": to_milliseconds(key.created_at),
        "expiresAt": to_milliseconds(key.expires_at),
        "active": key.active,
        "fingerprints": {"sha256": {"formatted": ":".join(pairs), "unformatted": fingerprint}},
    }


def idp_initiated_row(row: IdpInitiatedSignIn) -> dict[str, Any]:
    """Return where users go who begin at the identity provider."""
    return {
        "tenantId": row.tenant_id,
        "connectorId": row.connector_id,
        "defaultApplicationId": row.application_id,
        "redirectUri": row.redirect_uri,
        "authParameters": row.auth_parameters,
        "autoSendAuthorizationRequest": row.auto_send_authorization_request,
        "clientIdpInitiatedAuthCallbackUri": row.client_callback_uri,
        "createdAt": to_milliseconds(row.created_at),
    }
