"""Connectors are set up, changed and removed here."""

import json
from typing import Any

from django.db import IntegrityError, transaction

from common.actors import Actor
from common.crypto import seal
from common.errors import AppError
from connectors.factories import Factory, find_factory
from connectors.models import Connector, LastFailure
from connectors.selectors import SEAL_CONTEXT, get_connector
from events.history import Subject, record


def _sealed(config: dict[str, Any]) -> bytes:
    return seal(json.dumps(config), context=SEAL_CONTEXT)


def _get_factory(factory_id: str) -> Factory:
    factory = find_factory(factory_id)
    if factory is None:
        raise AppError("connector.not_found_with_connector_id")
    return factory


def _refuse_social_options(*, metadata: Any, sync_profile: bool | None, enable_token_storage: bool | None) -> None:
    if metadata:
        raise AppError("connector.cannot_overwrite_metadata_for_non_standard_connector")
    if sync_profile:
        raise AppError("connector.invalid_type_for_syncing_profile")
    if enable_token_storage:
        raise AppError("connector.token_storage_not_supported")


@transaction.atomic
def create_connector(
    *,
    factory_id: str,
    config: dict[str, Any] | None = None,
    connector_id: str | None = None,
    metadata: dict[str, Any] | None = None,
    sync_profile: bool | None = None,
    enable_token_storage: bool | None = None,
    actor: Actor,
) -> Connector:
    """Set up a connector. There is one for email and one for SMS: a new one takes the place of the old.

    Without `config` it carries no messages until it gets one.

    Raises `connector.not_found_with_connector_id`, `connector.invalid_config`, and the codes of options that message
    connectors do not have.
    """
    factory = _get_factory(factory_id)
    _refuse_social_options(metadata=metadata, sync_profile=sync_profile, enable_token_storage=enable_token_storage)
    checked = {} if config is None else factory.validated(config)
    for row in Connector.objects.select_for_update():
        held = find_factory(row.factory_id)
        if held is None or held.type == factory.type:
            record("Connector.Deleted", actor=actor, subject=_subject(row))
            row.delete()
    fields: dict[str, Any] = {"factory_id": factory.id, "sealed_config": _sealed(checked)}
    if connector_id:
        fields["id"] = connector_id
    try:
        with transaction.atomic():
            connector = Connector.objects.create(**fields)
    except IntegrityError as error:
        raise AppError("entity.unique_integrity_violation") from error
    record("Connector.Created", actor=actor, subject=_subject(connector), after={"connectorId": factory.id})
    return connector


@transaction.atomic
def update_connector(
    connector: Connector,
    *,
    config: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    sync_profile: bool | None = None,
    enable_token_storage: bool | None = None,
    actor: Actor,
) -> Connector:
    """Change a connector; the configuration is replaced whole, and what failed with the old one is forgotten."""
    _refuse_social_options(metadata=metadata, sync_profile=sync_profile, enable_token_storage=enable_token_storage)
    if config is not None:
        connector.sealed_config = _sealed(_get_factory(connector.factory_id).validated(config))
        connector.save(update_fields=["sealed_config"])
        LastFailure.objects.filter(connector=connector).delete()
        record("Connector.Data.Updated", actor=actor, subject=_subject(connector), changed=["config"])
    return connector


@transaction.atomic
def delete_connector(connector_id: str, *, actor: Actor) -> None:
    """Remove a connector; raises `connector.not_found`."""
    connector = get_connector(connector_id)
    record("Connector.Deleted", actor=actor, subject=_subject(connector))
    connector.delete()


def _subject(connector: Connector) -> Subject:
    return Subject("Connector", connector.id, connector.factory_id)
