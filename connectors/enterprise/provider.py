"""What an enterprise connector is asked, and which providers there are.

A provider is a file under `providers`; it registers itself with a description for the console and the Management API.
"""

import builtins
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from rest_framework import serializers

from common.errors import AppError
from common.rest.exceptions import invalid_input
from connectors.factories import FormItem
from connectors.provider_sign_in import ProviderSignIn, SignInRequest, SignInStart


class ProviderType(StrEnum):
    """The protocol that an identity provider speaks."""

    OIDC = "oidc"
    SAML = "saml"


@dataclass(frozen=True, slots=True)
class SsoConnection:
    """A connector whose configuration is valid, opened. `domains` are lower-case; without any it is offered nowhere."""

    id: str
    name: str
    provider: "Provider"
    config: Mapping[str, Any]
    domains: frozenset[str]
    branding: Mapping[str, str]
    syncs_profile: bool
    stores_tokens: bool

    @property
    def display_name(self) -> str:
        """What users read on the button: the connector's own name for them, else the provider's."""
        return self.branding.get("displayName") or self.provider.title

    @property
    def is_offered(self) -> bool:
        """Whether it is shown on the sign-in page."""
        return bool(self.domains)

    def start(self, request: SignInRequest) -> SignInStart:
        """Return where the browser goes to sign in; raises as `SsoProvider.start`."""
        return self.provider.protocol.start(self, request)

    def finish(self, *, data: Mapping[str, Any], session: Mapping[str, Any]) -> ProviderSignIn:
        """Return who has signed in; raises as `SsoProvider.finish`."""
        return self.provider.protocol.finish(self, data=data, session=session)


class SsoProvider(Protocol):
    """Signs an enterprise's users in at its identity provider.

    Every call may contact it, within seconds, and raises `connector.timed_out` if it is too slow, `connector.general`
    if it cannot be reached, `connector.invalid_response`, and `connector.invalid_config`.
    """

    def start(self, connection: SsoConnection, request: SignInRequest) -> SignInStart:
        """Return where the browser goes to sign in.

        Raises `single_sign_on.sso_signing_unavailable` if requests are to be signed and no key is active.
        """

    def finish(
        self, connection: SsoConnection, *, data: Mapping[str, Any], session: Mapping[str, Any]
    ) -> ProviderSignIn:
        """Return who has signed in, from what the browser came back with; nothing is accepted twice.

        `data` has the parameters of the callback and `redirectUri`, or `SAMLResponse`. Raises
        `connector.authorization_failed` with `data` `{error}` if the user or the provider has refused or the answer
        is not for this sign-in, `connector.social_auth_code_invalid`, `connector.social_invalid_id_token`.
        """

    def describe(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the identity provider publishes of itself; `providerConfig` on the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A kind of enterprise connector. `name` is the `providerName` of the wire, `title` is for people.

    `logo` and `logo_dark` are paths of static files, `readme` is the set-up guide in Markdown.
    """

    name: str
    title: str
    type: ProviderType
    description: str
    protocol: SsoProvider
    config: "builtins.type[serializers.Serializer[Any]]"
    form_items: tuple[FormItem, ...]
    logo: str
    logo_dark: str
    readme: str

    def validated(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the configuration checked; raises `connector.invalid_config` with what is wrong."""
        serializer = self.config(data=dict(config))
        if not serializer.is_valid():
            error = invalid_input(serializer.errors)
            raise AppError("connector.invalid_config", data=error.data, details=error.details)
        checked: dict[str, Any] = json.loads(json.dumps(serializer.validated_data))
        return checked

    def guide(self, **addresses: str) -> str:
        """Return the set-up guide with the addresses of one connector in it: `callbackUri`, `acsUrl`, `entityId`."""
        text = self.readme
        for name, address in addresses.items():
            text = text.replace(f"{{{{{name}}}}}", address)
        return text

    def is_configured(self, config: Mapping[str, Any]) -> bool:
        """Whether a stored configuration is one that users can sign in with."""
        return bool(self.config(data=dict(config)).is_valid())


_providers: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Make a provider known."""
    _providers[provider.name] = provider


def list_providers() -> list[Provider]:
    """Return every provider."""
    return list(_providers.values())


def find_provider(name: str) -> Provider | None:
    """Return a provider by its name, or `None`."""
    return _providers.get(name)


def get_provider(name: str) -> Provider:
    """Return a provider by its name; raises `connector.not_found`."""
    provider = find_provider(name)
    if provider is None:
        raise AppError("connector.not_found")
    return provider
