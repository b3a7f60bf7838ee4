"""Connectors are set up, changed and removed here."""

import json
from typing import Any

from django.db import IntegrityError, transaction

from common.actors import Actor
from common.crypto import seal
from common.errors import AppError
from connectors.factories import Factory, MessageFactory, SocialFactory, find_factory
from connectors.models import Connector, LastFailure
from connectors.policies import (
    assert_options_supported,
    assert_room_for,
    metadata_of_changed,
    metadata_of_new,
)
from connectors.selectors import SEAL_CONTEXT, get_connector, target_of
from events.history import Subject, record
from tenants.context import current_tenant_id
from tenants.models import Tenant


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

    Social connectors stand next to each other, one for a target on a platform. Without `config` it carries no messages
    and signs nobody in until it gets one.

    Raises `connector.not_found_with_connector_id`, `connector.invalid_config`, `entity.unique_integrity_violation` for
    an id that is taken, and the codes of `connectors.policies`.
    """
    factory = _get_factory(factory_id)
    stored_metadata = metadata_of_new(factory, metadata)
    assert_options_supported(factory, sync_profile=sync_profile, enable_token_storage=enable_token_storage)
    checked = {} if config is None else factory.validated(config)
    _lock_connectors()
    if isinstance(factory, SocialFactory):
        assert_room_for(factory, stored_metadata, Connector.objects.order_by("id"))
    else:
        _remove_others(factory, actor=actor)
    values = {
        "factory_id": factory.id,
        "sealed_config": _sealed(checked),
        "metadata": stored_metadata,
        "sync_profile": bool(sync_profile),
        "enable_token_storage": bool(enable_token_storage),
        **({"id": connector_id} if connector_id else {}),
    }
    try:
        with transaction.atomic():
            connector = Connector.objects.create(**values)
    except IntegrityError as error:
        raise AppError("entity.unique_integrity_violation") from error
    after = {"connectorId": factory.id, **(_described(connector) if isinstance(factory, SocialFactory) else {})}
    record("Connector.Created", actor=actor, subject=_subject(connector), after=after)
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
    """Change a connector; configuration and metadata are replaced whole, the target stays as it is.

    What failed with the configuration before is forgotten. Raises `connector.invalid_config`, `connector.not_found` for
    one that is gone, and the codes of `connectors.policies`.
    """
    factory = _get_factory(connector.factory_id)
    assert_options_supported(factory, sync_profile=sync_profile, enable_token_storage=enable_token_storage)
    held = Connector.objects.select_for_update().filter(id=connector.id).first()
    if held is None:
        raise AppError("connector.not_found")
    before = _described(held)
    replaced: dict[str, Any] = {}
    if metadata is not None:
        held.metadata = metadata_of_changed(factory, metadata, held.metadata)
    if sync_profile is not None:
        held.sync_profile = sync_profile
    if enable_token_storage is not None:
        held.enable_token_storage = enable_token_storage
    if config is not None:
        held.sealed_config = _sealed(factory.validated(config))
        LastFailure.objects.filter(connector=held).delete()
        replaced["changed"] = ["config"]
    after = _described(held)
    names = [name for name in after if after[name] != before[name]]
    if replaced or names:
        held.save(update_fields=["sealed_config", "metadata", "sync_profile", "enable_token_storage"])
        record(
            "Connector.Data.Updated",
            actor=actor,
            subject=_subject(held),
            before={name: before[name] for name in names},
            after={name: after[name] for name in names},
            **replaced,
        )
    return held


@transaction.atomic
def delete_connector(connector_id: str, *, actor: Actor) -> None:
    """Remove a connector; raises `connector.not_found`, and what a subscriber to its event refuses it for."""
    _delete(get_connector(connector_id), actor=actor)


def _delete(connector: Connector, *, actor: Actor, is_replaced: bool = False) -> None:
    """Whoever hears of it still finds the row: what hangs on it goes first, and they may refuse."""
    data = {**_purpose(connector), "isReplaced": is_replaced}
    record("Connector.Deleted", actor=actor, subject=_subject(connector), data=data)
    connector.delete()


def _lock_connectors() -> None:
    """Wait for the tenant's turn to add a connector: rows that are not there yet cannot be locked."""
    Tenant.objects.select_for_update(no_key=True).get(id=current_tenant_id())


def _remove_others(factory: Factory, *, actor: Actor) -> None:
    """Remove what carries the same kind of message, and what this installation no longer has the kind of."""
    for row in Connector.objects.select_for_update():
        held = find_factory(row.factory_id)
        if held is None or held.type == factory.type:
            _delete(row, actor=actor, is_replaced=True)


def _get_factory(factory_id: str) -> Factory:
    factory = find_factory(factory_id)
    if factory is None:
        raise AppError("connector.not_found_with_connector_id")
    return factory


def _sealed(config: dict[str, Any]) -> bytes:
    return seal(json.dumps(config), context=SEAL_CONTEXT)


def _described(connector: Connector) -> dict[str, Any]:
    """What the history says of a connector; its configuration has secrets and is not in it."""
    return {
        "metadata": connector.metadata,
        "syncProfile": connector.sync_profile,
        "enableTokenStorage": connector.enable_token_storage,
    }


def _purpose(connector: Connector) -> dict[str, str]:
    """What a connector is for: the target whose accounts sign in with it, or the channel it carries."""
    factory = find_factory(connector.factory_id)
    if isinstance(factory, SocialFactory):
        return {"target": target_of(factory, connector.metadata)}
    return {"channel": factory.channel} if isinstance(factory, MessageFactory) else {}


def _subject(connector: Connector) -> Subject:
    return Subject("Connector", connector.id, connector.factory_id)
