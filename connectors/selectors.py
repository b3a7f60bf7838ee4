"""Reads of connectors and templates."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.crypto import unseal
from common.errors import AppError
from connectors.address_digests import address_digests
from connectors.factories import Channel, MessageFactory, SocialFactory, find_factory
from connectors.models import Connector, DeliveryProblem, EmailTemplate, LastFailure
from tenants.configuration import cached

SEAL_CONTEXT = "connector-config"


@dataclass(frozen=True, slots=True)
class ActiveConnector:
    """A configured connector for messages, opened."""

    id: str
    factory: MessageFactory
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SocialConnection:
    """A configured social connector, opened. `target` names the provider in a user's linked identities."""

    id: str
    factory: SocialFactory
    config: Mapping[str, Any]
    metadata: Mapping[str, Any]
    syncs_profile: bool
    stores_tokens: bool

    @property
    def target(self) -> str:
        """The name under which users' accounts there are linked."""
        return target_of(self.factory, self.metadata)


def target_of(factory: SocialFactory, metadata: Mapping[str, Any]) -> str:
    """Return the target of a connector: its own if its kind is a standard."""
    return str(metadata.get("target", "")) if factory.is_standard else factory.target


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


def find_delivery_problems(addresses: Mapping[Channel, str]) -> dict[Channel, DeliveryProblem]:
    """Return what is wrong with addresses, given in their compared form by channel. One statement."""
    digests = {
        digest: channel for channel, address in addresses.items() for digest in address_digests(channel, address)
    }
    found = DeliveryProblem.objects.filter(address_digest__in=digests, cleared_at__isnull=True) if digests else ()
    return {digests[row.address_digest]: row for row in found}


def find_active_connector(channel: Channel) -> ActiveConnector | None:
    """Return the connector that carries a channel, `None` while it has no configuration; cached."""

    def load() -> ActiveConnector | None:
        for row in Connector.objects.order_by("-created_at"):
            factory = find_factory(row.factory_id)
            if not isinstance(factory, MessageFactory) or factory.channel != channel:
                continue
            config = config_of(row)
            return ActiveConnector(row.id, factory, config) if factory.is_configured(config) else None
        return None

    return cached("active-connector", channel, load)


def list_social_connections() -> Mapping[str, SocialConnection]:
    """Return the configured social connectors by id, the oldest first; cached."""

    def load() -> Mapping[str, SocialConnection]:
        found: dict[str, SocialConnection] = {}
        for row in Connector.objects.order_by("created_at", "id"):
            factory = find_factory(row.factory_id)
            if not isinstance(factory, SocialFactory) or not factory.is_configured(config := config_of(row)):
                continue
            found[row.id] = SocialConnection(
                row.id, factory, config, row.metadata, row.sync_profile, row.enable_token_storage
            )
        return found

    return cached("social-connections", "", load)


def find_social_connection(connector_id: str) -> SocialConnection | None:
    """Return a configured social connector by its id; cached."""
    return list_social_connections().get(connector_id)


def list_social_targets(*, without: str = "") -> list[str]:
    """Return the targets of the tenant's social connectors, oldest first, configured or not.

    `without` is the id of a connector that does not count.
    """
    rows = Connector.objects.exclude(id=without).order_by("created_at", "id")
    kinds = ((find_factory(row.factory_id), row.metadata) for row in rows)
    return list(dict.fromkeys(target_of(kind, said) for kind, said in kinds if isinstance(kind, SocialFactory)))


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
