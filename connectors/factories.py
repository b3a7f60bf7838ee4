"""What a connector is, and which kinds there are.

A kind is a folder under `connectors/kinds` with one class that follows `MessageConnector` or `SocialConnector`,
registered with a `Factory` that describes it to the console and the Management API.
"""

import builtins
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from rest_framework import serializers

from common.errors import AppError
from common.rest.exceptions import invalid_input
from connectors.address_events import EventSource
from connectors.mailboxes import Mailbox
from connectors.provider_sign_in import SocialConnector


class ConnectorType(StrEnum):
    """What a connector does: carry messages, or let users sign in with another provider's account."""

    EMAIL = "Email"
    SMS = "Sms"
    SOCIAL = "Social"


class Platform(StrEnum):
    """Where a social connector can be used; one account of a provider may need another connector in a native app."""

    NATIVE = "Native"
    UNIVERSAL = "Universal"
    WEB = "Web"


Channel = Literal["email", "phone"]

CHANNEL_OF_TYPE: Mapping[ConnectorType, Channel] = {ConnectorType.EMAIL: "email", ConnectorType.SMS: "phone"}


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message ready to go. `content_type` is `text/plain` or `text/html`; SMS have no subject."""

    channel: Channel
    recipient: str
    template_type: str
    subject: str
    content: str
    content_type: str = "text/plain"
    text_content: str = ""
    # Of the template; without, the connector's own.
    send_from: Mailbox | None = None
    reply_to: Mailbox | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    # From where the message was asked for, if a request has asked.
    ip: str = ""
    # What the configuration says of a template that the provider fills itself; then `content` is for those without.
    provider_template: Mapping[str, Any] | None = None


class MessageConnector(Protocol):
    """Hands one message to a provider."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        """Send, or raise `DeliveryError`."""


@dataclass(frozen=True, slots=True)
class FormItem:
    """One field of a kind's configuration, as the console shows it and the API describes it."""

    key: str
    label: str
    type: Literal["Text", "Number", "MultilineText", "Switch", "Select", "MultiSelect", "Json"] = "Text"
    required: bool = False
    placeholder: str = ""
    description: str = ""
    is_confidential: bool = False
    # What is no secret by itself but often holds one: an address with a key in it, the values of headers. A file of
    # the configuration has references in its place.
    may_hold_secrets: bool = False
    default: Any = None
    # What a `Select` or `MultiSelect` chooses from: value and title.
    choices: tuple[tuple[str, str], ...] = ()
    # The item is shown while each of these items has this value.
    shown_if: Mapping[str, Any] = field(default_factory=dict)
    # Members of an object that the console asks for one by one; on the wire it is one `Json` item.
    parts: "tuple[FormItem, ...]" = ()
    # For the few who need it: the console shows it apart from the rest.
    is_advanced: bool = False

    def as_wire(self) -> dict[str, Any]:
        row: dict[str, Any] = {"key": self.key, "label": self.label, "type": self.type, "required": self.required}
        if self.placeholder:
            row["placeholder"] = self.placeholder
        if self.description:
            row["description"] = self.description
        if self.default is not None:
            row["defaultValue"] = self.default
        if self.is_confidential:
            row["isConfidential"] = True
        if self.choices:
            row["selectItems"] = [{"value": value, "title": title} for value, title in self.choices]
        if self.shown_if:
            row["showConditions"] = [{"targetKey": key, "expectValue": value} for key, value in self.shown_if.items()]
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Factory:
    """A kind of connector. `id` is the `connectorId` of the wire; `config` checks a configuration.

    `logo` and `logo_dark` are paths of static files, `readme` is the set-up guide in Markdown.
    """

    id: str
    type: ConnectorType
    name: str
    description: str
    config: "builtins.type[serializers.Serializer[Any]]"
    form_items: tuple[FormItem, ...] = ()
    is_available: Callable[[], bool] = lambda: True
    logo: str = ""
    logo_dark: str = ""
    readme: str = ""

    def validated(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the configuration checked; raises `connector.invalid_config` with what is wrong."""
        serializer = self.config(data=dict(config))
        if not serializer.is_valid():
            error = invalid_input(serializer.errors)
            raise AppError("connector.invalid_config", data=error.data, details=error.details)
        checked: dict[str, Any] = json.loads(json.dumps(serializer.validated_data))
        return checked

    def is_configured(self, config: Mapping[str, Any]) -> bool:
        """Whether a stored configuration is one that the connector can be used with."""
        return bool(self.config(data=dict(config)).is_valid())


def _templates_of(config: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return config.get("templates") or ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFactory(Factory):
    """A kind of connector that carries email or SMS."""

    connector: MessageConnector
    # Whether the configuration carries message templates of its own.
    has_templates: bool = False
    # The templates of a configuration, each with its `usageType`; one without `content` is filled by the provider.
    templates_of: Callable[[Mapping[str, Any]], Sequence[Mapping[str, Any]]] = _templates_of
    # Reads what the provider reports of addresses, `None` if it reports nothing that can be verified.
    events: EventSource | None = None

    @property
    def channel(self) -> Channel:
        """What it carries."""
        return CHANNEL_OF_TYPE[self.type]


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialFactory(Factory):
    """A kind of connector by which users sign in with another provider's account.

    `target` is the name under which a user's account there is linked. Of a standard (`is_standard`: OpenID Connect,
    OAuth 2.0, SAML) a tenant may have many connectors, each with a target, a name and a logo of its own (`metadata`).
    """

    connector: SocialConnector
    type: ConnectorType = ConnectorType.SOCIAL
    target: str = ""
    platform: Platform = Platform.UNIVERSAL
    is_standard: bool = False
    is_token_storage_supported: bool = False
    # Where the provider sends users back to, before the connector's id; SAML has an address of its own.
    callback_path: str = "/callback/"


_factories: dict[str, Factory] = {}


def register(factory: Factory) -> None:
    """Make a kind known."""
    _factories[factory.id] = factory


def list_factories() -> list[Factory]:
    """Return the kinds available in this installation."""
    return [factory for factory in _factories.values() if factory.is_available()]


def find_factory(factory_id: str) -> Factory | None:
    """Return an available kind, or `None`."""
    factory = _factories.get(factory_id)
    return factory if factory and factory.is_available() else None


def get_factory(factory_id: str) -> Factory:
    """Return an available kind; raises `connector.not_found`."""
    factory = find_factory(factory_id)
    if factory is None:
        raise AppError("connector.not_found")
    return factory
