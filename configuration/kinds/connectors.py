"""Connectors: the one that carries email, the one that carries SMS, and those by which users sign in."""

from collections.abc import Iterable, Mapping
from typing import Any

from common.errors import invalid_value
from common.shapes import Flag, Text
from configuration.errors import Path
from configuration.kinds.base import Change, Form, Item, Options, Reading
from configuration.kinds.connector_secrets import secret_paths_of
from configuration.kinds.immutable import assert_unchanged
from configuration.kinds.shapes import JSON, closed, column, form_shape
from configuration.names import unknown_name
from configuration.secrets import with_secrets
from connectors.factories import ConnectorType, Factory, SocialFactory, find_factory
from connectors.metadata import METADATA
from connectors.models import Connector
from connectors.selectors import config_of, list_connectors, target_of
from connectors.services.connectors import create_connector, delete_connector, update_connector

_FACTORY = column(Connector, "factory_id", required=True)


def _factory_of(form: Mapping[str, Any]) -> Factory | None:
    return find_factory(str(form.get("connector", "")))


def _required_factory(form: Form, kind: ConnectorType) -> Factory:
    factory = _factory_of(form)
    if factory is None or factory.type != kind:
        raise unknown_name("connector", form["connector"])
    return factory


def _config_form(row: Connector, factory: Factory) -> Any:
    config = config_of(row)
    paths = list(secret_paths_of(factory.form_items, config))
    return with_secrets(config, paths, "connector", row.metadata.get("target") or factory.id)


def _new_config(row: Connector, config: dict[str, Any]) -> dict[str, Any] | None:
    """Return a configuration for the service, `None` if it is what is stored once defaults are filled in."""
    factory = find_factory(row.factory_id)
    is_stored = factory and factory.is_configured(config) and factory.validated(config) == config_of(row)
    return None if is_stored else config


class _WithConfig:
    def secret_paths(self, form: Mapping[str, Any]) -> Iterable[Path]:
        factory = _factory_of(form)
        return secret_paths_of(factory.form_items, form.get("config"), ("config",)) if factory else ()


class MessageConnector(_WithConfig):
    """What carries one kind of message. Another kind of connector takes the place of the one that is there."""

    shape = form_shape({"connector": _FACTORY, "config": JSON})
    # An address may stand in clear, as a webhook's.
    options = Options(is_single=True, secrets_follow="connector", may_be_clear=frozenset({("config", "endpoint")}))
    covers = (Connector,)
    settings = ()

    def __init__(self, section: str, type: ConnectorType) -> None:
        self.section, self._type = section, type

    def read(self, reading: Reading) -> list[Item]:
        for row in list_connectors():
            factory = find_factory(row.factory_id)
            if factory and factory.type == self._type:
                form = {"connector": row.factory_id, "config": _config_form(row, factory)}
                return [Item(self.section, form, self.section, row)]
        return []

    def create(self, form: Form, change: Change) -> None:
        factory = _required_factory(form, self._type)
        create_connector(factory_id=factory.id, config=form.get("config") or None, actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        if "connector" in names:
            self.create({name: value for name, value in form.items() if name != "config" or "config" in names}, change)
        else:
            config = _new_config(item.row, form["config"])
            if config is not None:
                update_connector(item.row, config=config, actor=change.actor)

    def delete(self, item: Item, change: Change) -> None:
        delete_connector(item.row.id, actor=change.actor)


class SocialConnectors(_WithConfig):
    """Identified by their kind; those of a standard, of which there may be many, by their target too."""

    section = "socialConnectors"
    shape = form_shape(
        {
            "connector": _FACTORY,
            "target": Text(min_length=1, max_length=128),
            "metadata": closed(METADATA),
            "config": JSON,
            "syncProfile": Flag(),
            "enableTokenStorage": Flag(),
        }
    )
    options = Options(identified_by=("connector", "target"))
    covers = (Connector,)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        items = []
        for row in list_connectors():
            factory = find_factory(row.factory_id)
            if isinstance(factory, SocialFactory):
                form = _social_form(row, factory)
                identity = " ".join(filter(None, (row.factory_id, form.get("target"))))
                items.append(Item(identity, form, row.id, row))
        return items

    def create(self, form: Form, change: Change) -> None:
        factory = _required_factory(form, ConnectorType.SOCIAL)
        create_connector(
            factory_id=factory.id,
            config=form.get("config") or None,
            metadata=_metadata(form),
            sync_profile=form.get("syncProfile"),
            enable_token_storage=form.get("enableTokenStorage"),
            actor=change.actor,
        )

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        assert_unchanged(names, "target")
        update_connector(
            item.row,
            config=_new_config(item.row, form["config"]) if "config" in names else None,
            metadata=_metadata(form) if "metadata" in names else None,
            sync_profile=form["syncProfile"] if "syncProfile" in names else None,
            enable_token_storage=form["enableTokenStorage"] if "enableTokenStorage" in names else None,
            actor=change.actor,
        )

    def delete(self, item: Item, change: Change) -> None:
        delete_connector(item.row.id, actor=change.actor)


def _social_form(row: Connector, factory: SocialFactory) -> Form:
    metadata = {name: value for name, value in row.metadata.items() if name != "target"}
    return {
        "connector": row.factory_id,
        **({"target": target_of(factory, row.metadata), "metadata": metadata} if factory.is_standard else {}),
        "config": _config_form(row, factory),
        "syncProfile": row.sync_profile,
        "enableTokenStorage": row.enable_token_storage,
    }


def _metadata(form: Form) -> dict[str, Any] | None:
    """What a connector of a standard kind says of itself; its target stands next to it in a file."""
    said = dict(form.get("metadata") or {})
    if "target" in said:
        raise invalid_value("metadata.target", "target stands next to metadata", code="invalid")
    if form.get("target"):
        said["target"] = form["target"]
    return said or None
