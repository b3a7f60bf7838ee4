"""Answers about connectors and email templates."""

from typing import Literal, TypedDict

from management_api.answers import JsonObject, Milliseconds


class ConnectorFactory(TypedDict):
    """A kind of connector."""

    type: Literal["Email", "Sms", "Social"]
    id: str
    target: str
    platform: Literal["Native", "Universal", "Web"] | None
    name: dict[str, str]
    description: dict[str, str]
    logo: str
    logoDark: str | None
    readme: str
    configTemplate: str
    formItems: list[JsonObject]
    isStandard: bool
    isTokenStorageSupported: bool


class LastFailure(TypedDict):
    """When and why a message was not delivered last."""

    reason: str
    message: str
    templateType: str
    occurredAt: Milliseconds


class EventCallback(TypedDict):
    """Where the provider reports bounces and complaints, and what is missing to verify it."""

    url: str
    missingConfig: str | None


class Connector(ConnectorFactory):
    """A connector, with what its kind and its own metadata say of it."""

    connectorId: str
    syncProfile: bool
    enableTokenStorage: bool
    config: JsonObject
    metadata: JsonObject
    lastFailure: LastFailure | None
    eventCallback: EventCallback | None


class AuthorizationAddress(TypedDict):
    """Where the browser goes."""

    redirectTo: str


class EmailTemplate(TypedDict):
    """A template of a message in one language."""

    tenantId: str
    id: str
    languageTag: str
    templateType: str
    details: JsonObject
    createdAt: Milliseconds


class DeletedRows(TypedDict):
    """How many there were."""

    rowCount: int
