"""Sign-in with an OpenID provider whose endpoints the developer enters."""

from collections.abc import Mapping
from typing import Any

from common.jose.public_keys import ALGORITHMS
from connectors.oauth.client import OAuthClient
from connectors.oauth.connector import Config, RefreshingConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.id_tokens import CLOCK_TOLERANCE, IdTokenRules
from connectors.oauth.openid import OpenIdConnector
from connectors.oauth.profiles import user_from_claims
from connectors.provider_sign_in import ProviderUser, SignInRequest

_PARAMETER_OF_OPTION = {
    "responseMode": "response_mode",
    "display": "display",
    "prompt": "prompt",
    "maxAge": "max_age",
    "uiLocales": "ui_locales",
    "idTokenHint": "id_token_hint",
    "loginHint": "login_hint",
    "acrValues": "acr_values",
}


def client_of(config: Config, scope: str) -> OAuthClient:
    """Return the client of a configuration of either standard."""
    return OAuthClient(
        client_id=config["clientId"],
        client_secret=config["clientSecret"],
        authentication=config.get("tokenEndpointAuthMethod", "client_secret_post"),
        secret_jwt_algorithm=config.get("clientSecretJwtSigningAlgorithm", "HS256"),
        scope=scope,
    )


class OidcConnector(OpenIdConnector, RefreshingConnector):
    """The user is who the ID token names; userinfo is not asked."""

    default_scope = ""

    def server(self, config: Config) -> AuthorizationServer:
        issuers = config["idTokenVerificationConfig"].get("issuer", [])
        return AuthorizationServer(
            authorization_endpoint=config["authorizationEndpoint"],
            token_endpoint=config["tokenEndpoint"],
            jwks_uri=config["idTokenVerificationConfig"].get("jwksUri", ""),
            issuer=issuers[0] if len(issuers) == 1 else "",
        )

    def client(self, config: Config) -> OAuthClient:
        return client_of(config, self.scope(config))

    def rules(self, config: Config, server: AuthorizationServer) -> IdTokenRules:
        chosen = config["idTokenVerificationConfig"]
        return IdTokenRules(
            client_id=config["clientId"],
            issuers=chosen.get("issuer") or None,
            jwks_uri=server.jwks_uri,
            audiences=chosen.get("audience", []),
            algorithms=chosen.get("algorithms") or ALGORITHMS,
            secret=config["clientSecret"],
            clock_tolerance=chosen.get("clockTolerance", CLOCK_TOLERANCE),
        )

    def user(self, config: Config, claims: Mapping[str, Any]) -> ProviderUser:
        return user_from_claims(
            claims,
            trusts_email=config.get("trustUnverifiedEmail", False),
            accepts_text_flags=config.get("acceptStringTypedBooleanClaims", False),
        )

    def parameters(self, config: Config, request: SignInRequest) -> dict[str, str]:
        chosen = config.get("authRequestOptionalConfig", {})
        options = {_PARAMETER_OF_OPTION[name]: str(value) for name, value in chosen.items()}
        return {**super().parameters(config, request), **options, **config.get("customConfig", {})}
