"""Connectors and email templates on the wire."""

import json
from typing import Any

from django.core.validators import RegexValidator
from django.templatetags.static import static
from rest_framework import serializers

from common.clock import to_milliseconds
from common.rest.fields import Choice, Flag, Text
from connectors.factories import Factory, SocialFactory, find_factory
from connectors.failures import describe_failure
from connectors.guides import guide
from connectors.messages import TemplateType
from connectors.models import Connector, EmailTemplate, LastFailure
from connectors.policies import is_standard
from connectors.selectors import config_of, find_last_failure
from connectors.services.provider_reports import callback_address, missing_key

_TEMPLATE_TYPES = [kind.value for kind in TemplateType]


class ConnectorQuery(serializers.Serializer[Any]):
    """The filter of the list of connectors."""

    target = Text(required=False)


class ConnectorBody(serializers.Serializer[Any]):
    """What a connector can be given."""

    config = serializers.DictField(required=False)
    metadata = serializers.DictField(required=False)
    syncProfile = Flag(required=False)
    enableTokenStorage = Flag(required=False)


class CreateConnectorBody(ConnectorBody):
    """A new connector; `connectorId` names its kind."""

    connectorId = Text(min_length=1, max_length=128)
    id = Text(max_length=128, required=False, validators=[RegexValidator(r"\A[\w-]+\Z")])


class TestConnectorBody(serializers.Serializer[Any]):
    """Whom to send a test message, through which configuration."""

    phone = Text(max_length=32, required=False, validators=[RegexValidator(r"\A[0-9]+\Z")])
    email = Text(max_length=128, required=False, validators=[RegexValidator(r"\A\S+@\S+\.\S+\Z")])
    config = serializers.DictField()
    locale = Text(min_length=1, max_length=16, required=False)

    def validate(self, attributes: dict[str, Any]) -> dict[str, Any]:
        if ("phone" in attributes) == ("email" in attributes):
            raise serializers.ValidationError("either phone or email is required")
        return attributes


class AuthorizationBody(serializers.Serializer[Any]):
    """What a sign-in at a social provider is started with."""

    state = Text(max_length=1024)
    redirectUri = Text(max_length=2048)


class EmailTemplateDetails(serializers.Serializer[Any]):
    """The words of a template."""

    subject = Text(min_length=1, max_length=512)
    content = Text(min_length=1, max_length=100_000)
    contentType = Choice(choices=["text/html", "text/plain"], required=False)
    textContent = Text(max_length=100_000, required=False)
    replyTo = Text(min_length=1, max_length=320, required=False)
    sendFrom = Text(min_length=1, max_length=320, required=False)


class EmailTemplateRow(serializers.Serializer[Any]):
    """A template with its language and type."""

    languageTag = Text(min_length=1, max_length=16)
    templateType = Choice(choices=_TEMPLATE_TYPES)
    details = EmailTemplateDetails()


class EmailTemplatesBody(serializers.Serializer[Any]):
    """Templates to create or replace."""

    templates = EmailTemplateRow(many=True, allow_empty=False)


class EmailTemplateFilter(serializers.Serializer[Any]):
    """Which templates."""

    languageTag = Text(min_length=1, max_length=16, required=False)
    templateType = Choice(choices=_TEMPLATE_TYPES, required=False)


def represent_factory(factory: Factory, *, origin: str) -> dict[str, Any]:
    """Return a kind of connector; its logos are addresses under the origin at which the API was called."""
    template = {item.key: "" if item.default is None else item.default for item in factory.form_items}
    social = factory if isinstance(factory, SocialFactory) else None
    return {
        "type": factory.type.value,
        "id": factory.id,
        "target": (social.target or factory.id) if social else factory.id,
        "platform": social.platform.value if social else None,
        "name": {"en": factory.name},
        "description": {"en": factory.description},
        "logo": _logo(factory.logo, origin) or "",
        "logoDark": _logo(factory.logo_dark, origin),
        "readme": guide(factory, origin=origin, connector_id="<connectorId>"),
        "configTemplate": json.dumps(template, indent=2),
        "formItems": [item.as_wire() for item in factory.form_items],
        "isStandard": is_standard(factory),
        "isTokenStorageSupported": social is not None and social.is_token_storage_supported,
    }


def represent_connector(connector: Connector, *, origin: str) -> dict[str, Any]:
    """Return a connector with what its kind says of itself, and what its own metadata say instead."""
    factory = find_factory(connector.factory_id)
    described = represent_factory(factory, origin=origin) if factory else {}
    own_guide = {"readme": guide(factory, origin=origin, connector_id=connector.id)} if factory else {}
    return {
        **described,
        **own_guide,
        **connector.metadata,
        "id": connector.id,
        "connectorId": connector.factory_id,
        "syncProfile": connector.sync_profile,
        "enableTokenStorage": connector.enable_token_storage,
        "config": config_of(connector),
        "metadata": connector.metadata,
        "lastFailure": represent_last_failure(find_last_failure(connector)),
        "eventCallback": represent_event_callback(connector),
    }


def _logo(path: str, origin: str) -> str | None:
    return f"{origin}{static(path)}" if path else None


def represent_event_callback(connector: Connector) -> dict[str, Any] | None:
    """Return the address at which the provider is to report bounces and complaints, and what is needed to verify it."""
    url = callback_address(connector)
    return {"url": url, "missingConfig": missing_key(connector) or None} if url else None


def represent_last_failure(failure: LastFailure | None) -> dict[str, Any] | None:
    """Return when and why a message was not delivered last."""
    if failure is None:
        return None
    return {
        "reason": failure.reason,
        "message": describe_failure(failure.reason),
        "templateType": failure.template_type,
        "occurredAt": to_milliseconds(failure.occurred_at),
    }


def represent_email_template(template: EmailTemplate) -> dict[str, Any]:
    """Return a template."""
    return {
        "tenantId": template.tenant_id,
        "id": template.id,
        "languageTag": template.language_tag,
        "templateType": template.template_type,
        "details": template.details,
        "createdAt": to_milliseconds(template.created_at),
    }
