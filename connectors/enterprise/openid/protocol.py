"""Signing in at an enterprise's OpenID provider: the flow of `connectors.oauth` with the rules of an enterprise."""

from collections.abc import Mapping
from typing import Any

from connectors.enterprise.openid.config import OWN_SCOPE
from connectors.enterprise.provider import SsoConnection
from connectors.oauth.calls import time_limit
from connectors.oauth.openid import DiscoveredConnector
from connectors.oauth.profiles import user_from_claims
from connectors.provider_sign_in import ProviderSignIn, ProviderUser, SignInRequest, SignInStart, TokenSet


class EnterpriseOpenId(DiscoveredConnector):
    """The standard flow: endpoints from the issuer's metadata, claims from the ID token and userinfo."""

    required_scope = OWN_SCOPE
    default_scope = ""

    def user(self, config: Mapping[str, Any], claims: Mapping[str, Any]) -> ProviderUser:
        """Return the user of the claims; an unverified address counts if the developer trusts the provider's."""
        return user_from_claims(claims, trusts_email=bool(config.get("trustUnverifiedEmail")))

    def check_user(self, connection: SsoConnection, user: ProviderUser) -> None:
        """Refuse users who are not the enterprise's; the provider of one enterprise has no others."""


class OpenIdProtocol:
    """`SsoProvider` and `RefreshesTokens` on a flow."""

    def __init__(self, flow: EnterpriseOpenId) -> None:
        self._flow = flow

    def start(self, connection: SsoConnection, request: SignInRequest) -> SignInStart:
        """Return the authorization request."""
        return self._flow.start(connection.config, request)

    def finish(
        self, connection: SsoConnection, *, data: Mapping[str, Any], session: Mapping[str, Any]
    ) -> ProviderSignIn:
        """Return who has signed in; the code is the provider's to accept once."""
        found = self._flow.finish(connection.config, data=data, session=session)
        self._flow.check_user(connection, found.user)
        return found

    def describe(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the endpoints that the issuer publishes."""
        with time_limit():
            server = self._flow.server(config)
        published = {
            "issuer": server.issuer,
            "authorizationEndpoint": server.authorization_endpoint,
            "tokenEndpoint": server.token_endpoint,
            "userinfoEndpoint": server.userinfo_endpoint,
            "jwksUri": server.jwks_uri,
        }
        return {name: value for name, value in published.items() if value}

    def refresh(self, config: Mapping[str, Any], refresh_token: str) -> TokenSet:
        """Return new tokens."""
        return self._flow.refresh(config, refresh_token)
