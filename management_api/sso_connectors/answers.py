"""Answers about enterprise connectors."""

from typing import Literal, NotRequired, TypedDict

from management_api.answers import JsonObject, Milliseconds


class SsoProvider(TypedDict):
    """A kind of identity provider."""

    providerName: str
    providerType: Literal["oidc", "saml"]
    logo: str
    logoDark: str
    description: str
    name: str


class SsoConnector(TypedDict):
    """A connector to an enterprise's identity provider."""

    tenantId: str
    id: str
    providerName: str
    connectorName: str
    config: JsonObject
    domains: list[str]
    branding: JsonObject
    syncProfile: bool
    enableTokenStorage: bool
    createdAt: Milliseconds


class SsoConnectorWithProvider(SsoConnector):
    """A connector with its provider, and what its identity provider says of itself if it answers."""

    name: str
    providerType: Literal["oidc", "saml"]
    providerLogo: str
    providerLogoDark: str
    providerConfig: NotRequired[JsonObject]


class IdpInitiatedSignIn(TypedDict):
    """Where users go who begin at the identity provider."""

    tenantId: str
    connectorId: str
    defaultApplicationId: str
    redirectUri: str | None
    authParameters: JsonObject
    autoSendAuthorizationRequest: bool
    clientIdpInitiatedAuthCallbackUri: str | None
    createdAt: Milliseconds
