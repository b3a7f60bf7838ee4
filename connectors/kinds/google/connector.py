"""Sign-in with Google: OpenID Connect, or a credential of One Tap."""

from typing import Any

from common.errors import AppError
from connectors.oauth.calls import time_limit
from connectors.oauth.connector import Config, RefreshingConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.id_tokens import IdTokenRules, verify_id_token
from connectors.oauth.openid import OpenIdConnector
from connectors.provider_sign_in import ProviderSignIn, SignInRequest

ISSUER = "https://accounts.google.com"


class GoogleConnector(OpenIdConnector, RefreshingConnector):
    """https://developers.google.com/identity/openid-connect/openid-connect"""

    endpoints = AuthorizationServer(
        issuer=ISSUER,
        authorization_endpoint="https://accounts.google.com/o/oauth2/v2/auth",
        token_endpoint="https://oauth2.googleapis.com/token",
        jwks_uri="https://www.googleapis.com/oauth2/v3/certs",
    )

    def rules(self, config: Config, server: AuthorizationServer) -> IdTokenRules:
        # Google writes its name in either way.
        issuers = [ISSUER, ISSUER.removeprefix("https://")]
        return IdTokenRules(client_id=config["clientId"], issuers=issuers, jwks_uri=server.jwks_uri)

    def parameters(self, config: Config, request: SignInRequest) -> dict[str, str]:
        return {
            **super().parameters(config, request),
            "prompt": " ".join(config.get("prompts", [])),
            "access_type": "offline" if config.get("offlineAccess", False) else "",
        }

    def finish(self, config: Config, *, data: Config, session: Config) -> ProviderSignIn:
        """Return who has signed in, also by One Tap: `data` is `{credential}`, and no sign-in was started.

        That the credential comes from this browser is the caller's to check.
        """
        if "credential" in data and not session:
            return self.verify_one_tap(config, data["credential"])
        return super().finish(config, data=data, session=session)

    def verify_one_tap(self, config: Config, credential: Any) -> ProviderSignIn:
        """Return whom Google has signed in on the sign-in page: a credential is an ID token for this client.

        Raises `connector.social_invalid_id_token`, and `connector.invalid_config` unless One Tap is enabled.
        """
        if not config.get("oneTap", {}).get("isEnabled", False):
            raise AppError("connector.invalid_config")
        if not isinstance(credential, str):
            raise AppError("connector.social_invalid_id_token", data={"reason": "missing"})
        with time_limit():
            claims = verify_id_token(credential, self.rules(config, self.endpoints), nonce=None)
        user = self.user(config, claims)
        return ProviderSignIn(user.bounded(), issuer=ISSUER)
