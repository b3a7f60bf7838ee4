"""Enterprise connectors are set up, changed and removed here."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.constraints import constraint_errors
from common.crypto import seal
from common.errors import AppError
from connectors.enterprise.branding import checked_branding
from connectors.enterprise.domains import checked_domains
from connectors.enterprise.provider import Provider, ProviderType, get_provider
from connectors.enterprise.selectors import CONFIG_CONTEXT, config_of
from connectors.models import SsoConnector, SsoSigningKey
from connectors.token_storage import can_store_tokens
from events.history import Subject, record

_TAKEN = "single_sign_on.duplicate_connector_name"


def create_sso_connector(
    *,
    provider_name: str,
    connector_name: str,
    config: Mapping[str, Any] | None = None,
    domains: Iterable[str] = (),
    branding: Mapping[str, Any] | None = None,
    sync_profile: bool = False,
    enable_token_storage: bool = False,
    actor: Actor,
) -> SsoConnector:
    """Set up an enterprise connector. Without `config` nobody signs in there until it gets one.

    The identity provider is asked before anything is written. Raises `connector.not_found` for an unknown provider,
    409 `single_sign_on.duplicate_connector_name`, as `checked_domains`, `checked_branding` and `checked_config`
    do,
    `connector.token_storage_not_supported`, `request.feature_not_supported`.
    """
    provider = get_provider(provider_name)
    names, look = checked_domains(domains), checked_branding(branding or {})
    if enable_token_storage:
        _check_token_storage(provider)
    checked = checked_config(provider, config) if config else {}
    if checked.get("signAuthnRequest"):
        raise AppError("single_sign_on.active_signing_key_required")
    with transaction.atomic(), constraint_errors(sso_connector_name=_TAKEN):
        connector = SsoConnector.objects.create(
            provider_name=provider.name,
            connector_name=connector_name,
            sealed_config=_sealed(checked),
            domains=names,
            branding=look,
            sync_profile=sync_profile,
            enable_token_storage=enable_token_storage,
        )
        after = {"providerName": provider.name, "domains": names}
        record("SsoConnector.Created", actor=actor, subject=subject_of(connector), after=after)
    return connector


def update_sso_connector(
    connector: SsoConnector,
    *,
    connector_name: str | None = None,
    config: Mapping[str, Any] | None = None,
    domains: Iterable[str] | None = None,
    branding: Mapping[str, Any] | None = None,
    sync_profile: bool | None = None,
    enable_token_storage: bool | None = None,
    actor: Actor,
) -> SsoConnector:
    """Change an enterprise connector; what is given is replaced whole. Raises as `create_sso_connector` does, and
    `single_sign_on.active_signing_key_required` if requests are to be signed without an active key.
    """
    provider = get_provider(connector.provider_name)
    values: dict[str, Any] = {
        "connector_name": connector_name,
        "domains": None if domains is None else checked_domains(domains),
        "branding": None if branding is None else checked_branding(branding),
        "sync_profile": sync_profile,
        "enable_token_storage": enable_token_storage,
    }
    if enable_token_storage and not connector.enable_token_storage:
        _check_token_storage(provider)
    new_config = None if config is None else checked_config(provider, config)
    with transaction.atomic(), constraint_errors(sso_connector_name=_TAKEN):
        # The keys that a new configuration may need do not change meanwhile (`services.signing_keys`).
        SsoConnector.objects.select_for_update().get(id=connector.id)
        changed = {name: value for name, value in values.items() if value not in (None, getattr(connector, name))}
        before = {name: getattr(connector, name) for name in changed}
        is_new_config = new_config is not None and new_config != config_of(connector)
        if new_config is not None and is_new_config:
            _check_signing(connector, new_config)
            connector.sealed_config = _sealed(new_config)
        for name, value in changed.items():
            setattr(connector, name, value)
        if changed or is_new_config:
            fields = [*changed, *(["sealed_config"] if is_new_config else [])]
            connector.save(update_fields=fields)
            # A configuration has secrets: that it changed is said, not how.
            told: dict[str, Any] = {"changed": ["config"]} if is_new_config else {}
            record(
                "SsoConnector.Data.Updated",
                actor=actor,
                subject=subject_of(connector),
                before=before,
                after=changed,
                **told,
            )
    return connector


@transaction.atomic
def delete_sso_connector(connector: SsoConnector, *, actor: Actor) -> None:
    """Remove an enterprise connector, with its users' links to it, its keys and its just-in-time rules."""
    record("SsoConnector.Deleted", actor=actor, subject=subject_of(connector))
    connector.delete()


def checked_config(provider: Provider, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration that is valid and whose identity provider answers.

    Raises `connector.invalid_config`; its `data` has `reason`, the code of what went wrong, and what that says.
    """
    checked = provider.validated(config)
    try:
        provider.protocol.describe(checked)
    except AppError as error:
        told = error.data if isinstance(error.data, dict) else {}
        raise AppError("connector.invalid_config", data=told | {"code": error.code}, details=error.details) from error
    return checked


def subject_of(connector: SsoConnector) -> Subject:
    """Return what the history calls a connector."""
    return Subject("SsoConnector", connector.id, connector.connector_name)


def _check_token_storage(provider: Provider) -> None:
    if provider.type != ProviderType.OIDC:
        raise AppError("connector.token_storage_not_supported")
    if not can_store_tokens():
        raise AppError("request.feature_not_supported")


def _check_signing(connector: SsoConnector, config: Mapping[str, Any]) -> None:
    has_key = SsoSigningKey.objects.filter(connector=connector, active=True).exists()
    if config.get("signAuthnRequest") and not has_key:
        raise AppError("single_sign_on.active_signing_key_required")


def _sealed(config: Mapping[str, Any]) -> bytes:
    return seal(json.dumps(config), context=CONFIG_CONTEXT)
