"""Connectors of the authorization code flow: a kind is a subclass that says what differs from it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from connectors.oauth.callbacks import read_code
from connectors.oauth.calls import time_limit
from connectors.oauth.client import (
    Authentication,
    OAuthClient,
    TokenAnswer,
    authorization_url,
    exchange_code,
    new_code_verifier,
    refresh_tokens,
)
from connectors.oauth.discovery import AuthorizationServer
from connectors.provider_sign_in import ProviderSignIn, ProviderUser, SignInRequest, SignInStart, TokenSet

Config = Mapping[str, Any]


class OAuthConnector(ABC):
    """OAuth 2.0 with PKCE. `start`, `finish` and `refresh` are those of `SocialConnector` and `RefreshesTokens`."""

    # Scopes without which the connector does not work, and those that are asked for besides unless `scope` says others.
    required_scope = ""
    default_scope = ""
    scope_separator = " "
    authentication: Authentication = "client_secret_post"
    uses_pkce = True
    # Of a provider that has the same for everybody.
    endpoints: AuthorizationServer
    # In which a callback has the authorization code.
    code_parameter = "code"

    def server(self, config: Config) -> AuthorizationServer:
        """Return the provider's endpoints."""
        return self.endpoints

    @abstractmethod
    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        """Return the user whom the tokens were issued for."""

    def issuer_of(self, user: ProviderUser) -> str:
        """Return who vouches for the user, if that is known by an issuer's name."""
        return ""

    def client(self, config: Config) -> OAuthClient:
        """Return who we are to the provider."""
        return OAuthClient(
            client_id=config["clientId"],
            client_secret=config.get("clientSecret", ""),
            authentication=self.authentication if config.get("clientSecret") else "none",
            scope=self.scope(config),
            scope_separator=self.scope_separator,
        )

    def scope(self, config: Config) -> str:
        """Return what is asked for, in words apart by spaces."""
        chosen = str(config.get("scope") or self.default_scope).replace(",", " ")
        return " ".join(dict.fromkeys([*self.required_scope.split(), *chosen.split()]))

    def parameters(self, config: Config, request: SignInRequest) -> dict[str, str]:
        """Return what the authorization request has besides the standard's parameters."""
        return {}

    def start(self, config: Config, request: SignInRequest) -> SignInStart:
        """Return the authorization request, and what `finish` needs of it."""
        with time_limit():
            server, client = self.server(config), self.client(config)
        session = self.new_session(request)
        url = authorization_url(
            server.authorization_endpoint,
            client,
            redirect_uri=request.redirect_uri,
            state=request.state,
            code_verifier=session.get("codeVerifier", ""),
            **({"nonce": session["nonce"]} if "nonce" in session else {}),
            **self.parameters(config, request),
        )
        return SignInStart(url, session)

    def new_session(self, request: SignInRequest) -> dict[str, Any]:
        """Return what is kept while the browser is at the provider."""
        session = {"state": request.state, "redirectUri": request.redirect_uri}
        return session | ({"codeVerifier": new_code_verifier()} if self.uses_pkce else {})

    def finish(self, config: Config, *, data: Config, session: Config) -> ProviderSignIn:
        """Return who has signed in."""
        with time_limit():
            code = read_code(data, session, self.server(config), parameter=self.code_parameter)
            answer = self.exchange(config, code, session)
            user = self.identify(config, answer, session)
        return ProviderSignIn(user.bounded(), self.tokens_of(answer), self.issuer_of(user))

    def tokens_of(self, answer: TokenAnswer) -> TokenSet | None:
        """Return the tokens that are the user's."""
        return answer.tokens

    def exchange(self, config: Config, code: str, session: Config) -> TokenAnswer:
        """Return the tokens that the provider issues for an authorization code."""
        return exchange_code(
            self.server(config).token_endpoint,
            self.client(config),
            code=code,
            redirect_uri=session["redirectUri"],
            code_verifier=session.get("codeVerifier", ""),
        )


class RefreshingConnector(OAuthConnector):
    """One whose tokens can be stored and renewed."""

    def refresh(self, config: Config, refresh_token: str) -> TokenSet:
        """Return new tokens, with the old refresh token if the provider issues no other."""
        with time_limit():
            return refresh_tokens(self.server(config).token_endpoint, self.client(config), refresh_token).tokens
