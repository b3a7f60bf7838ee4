"""Reads of connectors and templates."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.crypto import unseal
from common.errors import AppError
from connectors.factories import CHANNEL_OF_TYPE, Channel, Factory, find_factory
from connectors.models import Connector, EmailTemplate, LastFailure
from tenants.configuration import cached

SEAL_CONTEXT = "connector-config"


@dataclass(frozen=True, slots=True)
class ActiveConnector:
    """A configured connector, opened."""

    id: str
    factory: Factory
    config: Mapping[str, Any]


def config_of(connector: Connector) -> dict[str, Any]:
    """Return a connector's configuration in clear."""
    config: dict[str, Any] = json.loads(unseal(connector.sealed_config, context=SEAL_CONTEXT))
    return config


def list_connectors() -> list[Connector]:
    """Return the tenant's connectors whose kind this installation has, by id."""
    return [row for row in Connector.objects.order_by("id") if find_factory(row.factory_id)]


def get_connector(connector_id: str) -> Connector:
    """Return one connector; raises `connector.not_found`."""
    connector = Connector.objects.filter(id=connector_id).first()
    if connector is None or find_factory(connector.factory_id) is None:
        raise AppError("connector.not_found")
    return connector


def find_last_failure(connector: Connector) -> LastFailure | None:
    """Return the latest message that the connector did not deliver with its present configuration."""
    return LastFailure.objects.filter(connector=connector).first()


def find_active_connector(channel: Channel) -> ActiveConnector | None:
    """Return the connector that carries a channel, `None` while it has no configuration; cached."""

    def load() -> ActiveConnector | None:
        for row in Connector.objects.order_by("-created_at"):
            factory = find_factory(row.factory_id)
            if factory is None or CHANNEL_OF_TYPE[factory.type] != channel:
                continue
            config = config_of(row)
            return ActiveConnector(row.id, factory, config) if factory.is_configured(config) else None
        return None

    return cached("active-connector", channel, load)


def has_connector(channel: Channel) -> bool:
    """Whether messages of a channel can be sent."""
    return find_active_connector(channel) is not None


def list_email_templates(
    *, language_tag: str | None = None, template_type: str | None = None
) -> QuerySet[EmailTemplate]:
    """Return the tenant's own email templates."""
    templates = EmailTemplate.objects.order_by("language_tag", "template_type")
    if language_tag is not None:
        templates = templates.filter(language_tag=language_tag)
    if template_type is not None:
        templates = templates.filter(template_type=template_type)
    return templates


def get_email_template(template_id: str) -> EmailTemplate:
    """Return one template; raises `entity.not_exists_with_id`."""
    template = EmailTemplate.objects.filter(id=template_id).first()
    if template is None:
        raise AppError("entity.not_exists_with_id")
    return template


def email_template_details() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Return every own template's details by `(template type, language tag)`; cached."""

    def load() -> Mapping[tuple[str, str], Mapping[str, Any]]:
        return {(row.template_type, row.language_tag): row.details for row in EmailTemplate.objects.all()}

    return cached("email-templates", "", load)
