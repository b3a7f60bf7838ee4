"""Which options a connector may have, and which connectors may stand next to each other."""

from collections.abc import Iterable, Mapping
from typing import Any

from common.errors import AppError
from connectors.factories import Factory, SocialFactory, find_factory
from connectors.metadata import cleaned_metadata
from connectors.models import Connector
from connectors.selectors import target_of
from connectors.token_storage import can_store_tokens


def is_standard(factory: Factory) -> bool:
    """Whether a tenant may have many connectors of the kind, each with metadata of its own."""
    return isinstance(factory, SocialFactory) and factory.is_standard


def metadata_of_new(factory: Factory, metadata: dict[str, Any] | None) -> dict[str, Any]:
    """Return the metadata of a new connector as it is stored.

    Raises `connector.cannot_overwrite_metadata_for_non_standard_connector`, `connector.should_specify_target` and
    `guard.invalid_input`.
    """
    cleaned = _cleaned(factory, metadata)
    if is_standard(factory) and not cleaned.get("target"):
        raise AppError("connector.should_specify_target")
    return cleaned


def metadata_of_changed(factory: Factory, metadata: dict[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the new metadata of a connector that has some: replaced whole, but the target stays.

    Raises `connector.cannot_overwrite_metadata_for_non_standard_connector`, `connector.can_not_modify_target` and
    `guard.invalid_input`.
    """
    cleaned = _cleaned(factory, metadata)
    if cleaned.get("target", held.get("target")) != held.get("target"):
        raise AppError("connector.can_not_modify_target")
    return {**cleaned, "target": held["target"]} if held.get("target") else cleaned


def _cleaned(factory: Factory, metadata: dict[str, Any] | None) -> dict[str, Any]:
    if metadata and not is_standard(factory):
        raise AppError("connector.cannot_overwrite_metadata_for_non_standard_connector")
    return cleaned_metadata(metadata or {})


def assert_options_supported(factory: Factory, *, sync_profile: bool | None, enable_token_storage: bool | None) -> None:
    """Refuse what the kind or the installation cannot do.

    Raises `connector.invalid_type_for_syncing_profile`, `connector.token_storage_not_supported`, and
    `request.feature_not_supported` without a key for the tokens.
    """
    is_social = isinstance(factory, SocialFactory)
    if sync_profile and not is_social:
        raise AppError("connector.invalid_type_for_syncing_profile")
    if enable_token_storage:
        if not (isinstance(factory, SocialFactory) and factory.is_token_storage_supported):
            raise AppError("connector.token_storage_not_supported")
        if not can_store_tokens():
            raise AppError("request.feature_not_supported")


def assert_room_for(factory: SocialFactory, metadata: Mapping[str, Any], others: Iterable[Connector]) -> None:
    """Refuse a second connector of a kind that is no standard, and a second one for a target on a platform.

    Raises `connector.multiple_instances_not_supported` and `connector.multiple_target_with_same_platform` with `data`
    `{connectorId, connectorName}` of the one that stands.
    """
    place = (target_of(factory, metadata), factory.platform)
    for other in others:
        held = find_factory(other.factory_id)
        if not isinstance(held, SocialFactory):
            continue
        if held.id == factory.id and not factory.is_standard:
            raise AppError("connector.multiple_instances_not_supported")
        if (target_of(held, other.metadata), held.platform) == place:
            data = {"connectorId": other.factory_id, "connectorName": {"en": held.name}}
            raise AppError("connector.multiple_target_with_same_platform", data=data)
