"""Reads of enterprise connectors. What a sign-in needs is cached until the tenant's configuration changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.crypto import unseal
from common.domains import canonical_domain
from common.errors import AppError
from connectors.enterprise.provider import Provider, SsoConnection, find_provider
from connectors.models import SsoConnector, SsoSigningKey
from tenants.configuration import cached

CONFIG_CONTEXT = "sso-connector-config"
KEY_CONTEXT = "sso-signing-key"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of a SAML connector, opened: private key and certificate are PEM."""

    private_key: str
    certificate: str
    is_active: bool


def config_of(connector: SsoConnector) -> dict[str, Any]:
    """Return a connector's configuration in clear."""
    config: dict[str, Any] = json.loads(unseal(connector.sealed_config, context=CONFIG_CONTEXT))
    return config


def connection_of(connector: SsoConnector, provider: Provider) -> SsoConnection:
    """Return a connector opened, whether or not its configuration is valid."""
    return SsoConnection(
        id=connector.id,
        name=connector.connector_name,
        provider=provider,
        config=config_of(connector),
        domains=frozenset(connector.domains),
        branding=connector.branding,
        syncs_profile=connector.sync_profile,
        stores_tokens=connector.enable_token_storage,
    )


def list_sso_connections() -> Mapping[str, SsoConnection]:
    """Return the connectors with a valid configuration by id, the oldest first; cached."""

    def load() -> Mapping[str, SsoConnection]:
        found: dict[str, SsoConnection] = {}
        for row in SsoConnector.objects.order_by("created_at", "id"):
            provider = find_provider(row.provider_name)
            if provider is not None and provider.is_configured(config_of(row)):
                found[row.id] = connection_of(row, provider)
        return found

    return cached("sso-connections", "", load)


def find_sso_connection(connector_id: str) -> SsoConnection | None:
    """Return a connector with a valid configuration; cached."""
    return list_sso_connections().get(connector_id)


def list_connections_of_domain(domain: str) -> list[SsoConnection]:
    """Return the connectors at which users of an email domain, in any spelling, sign in, the oldest first; cached."""

    def load() -> Mapping[str, tuple[SsoConnection, ...]]:
        index: dict[str, tuple[SsoConnection, ...]] = {}
        for connection in list_sso_connections().values():
            for name in connection.domains:
                index[name] = (*index.get(name, ()), connection)
        return index

    return list(cached("sso-connections-by-domain", "", load).get(canonical_domain(domain), ()))


def list_signing_keys(connector_id: str) -> tuple[SigningKey, ...]:
    """Return a connector's keys that have not been removed, the active one first; cached."""

    def load() -> tuple[SigningKey, ...]:
        rows = SsoSigningKey.objects.filter(connector_id=connector_id).order_by("-active", "-created_at", "id")
        return tuple(
            SigningKey(unseal(row.sealed_private_key, context=KEY_CONTEXT), row.certificate, row.active) for row in rows
        )

    return cached("sso-signing-keys", connector_id, load)


def list_sso_connectors() -> QuerySet[SsoConnector]:
    """Return every connector, the newest first."""
    return SsoConnector.objects.order_by("-created_at", "-id")


def get_sso_connector(connector_id: str, *, code: str = "entity.not_exists_with_id") -> SsoConnector:
    """Return one connector; raises `code`, 404 where nothing else is asked for."""
    connector = SsoConnector.objects.filter(id=connector_id).first()
    if connector is None:
        raise AppError(code)
    return connector


def list_signing_key_rows(connector: SsoConnector) -> QuerySet[SsoSigningKey]:
    """Return a connector's keys, the newest first."""
    return SsoSigningKey.objects.filter(connector=connector).order_by("-created_at", "-id")


def get_signing_key(connector: SsoConnector, key_id: str) -> SsoSigningKey:
    """Return one key of a connector; raises `entity.not_exists_with_id`."""
    key = SsoSigningKey.objects.filter(connector=connector, id=key_id).first()
    if key is None:
        raise AppError("entity.not_exists_with_id")
    return key
