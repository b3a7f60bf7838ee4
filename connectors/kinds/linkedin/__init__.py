"""LinkedIn."""

from collections.abc import Mapping
from typing import Any

from connectors.factories import SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import ClientConfig, client_items
from connectors.oauth.connector import Config
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.id_tokens import IdTokenRules
from connectors.oauth.openid import OpenIdConnector
from connectors.oauth.profiles import user_from_claims
from connectors.provider_sign_in import ProviderUser

# The one of its metadata, and the one of its documentation.
_ISSUERS = ("https://www.linkedin.com/oauth", "https://www.linkedin.com")


class LinkedInConnector(OpenIdConnector):
    """https://learn.microsoft.com/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2

    LinkedIn has PKCE for native applications alone, and its ID tokens lack the nonce.
    """

    uses_pkce = False
    returns_nonce = False
    endpoints = AuthorizationServer(
        authorization_endpoint="https://www.linkedin.com/oauth/v2/authorization",
        token_endpoint="https://www.linkedin.com/oauth/v2/accessToken",
        jwks_uri="https://www.linkedin.com/oauth/openid/jwks",
    )

    def rules(self, config: Config, server: AuthorizationServer) -> IdTokenRules:
        return IdTokenRules(client_id=config["clientId"], issuers=_ISSUERS, jwks_uri=server.jwks_uri)

    def user(self, config: Config, claims: Mapping[str, Any]) -> ProviderUser:
        return user_from_claims(claims, accepts_text_flags=True)


register(
    SocialFactory(
        id="linkedin-universal",
        target="linkedin",
        name="LinkedIn",
        description="Sign in with a LinkedIn account.",
        connector=LinkedInConnector(),
        config=ClientConfig,
        logo="connectors/logos/linkedin.svg",
        readme=read_guide(__file__),
        form_items=client_items("openid profile email"),
    )
)
