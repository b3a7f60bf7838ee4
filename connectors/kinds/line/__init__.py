"""LINE."""

from collections.abc import Mapping
from typing import Any

from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import TRUST_EMAIL, TrustingClientConfig, scope_item
from connectors.oauth.connector import Config
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.id_tokens import SECRET_ALGORITHM, IdTokenRules
from connectors.oauth.openid import OpenIdConnector
from connectors.oauth.profiles import user_from_claims
from connectors.provider_sign_in import ProviderUser


class LineConnector(OpenIdConnector):
    """https://developers.line.biz/en/docs/line-login/integrate-line-login/

    In the web, the channel secret signs ID tokens.
    """

    endpoints = AuthorizationServer(
        issuer="https://access.line.me",
        authorization_endpoint="https://access.line.me/oauth2/v2.1/authorize",
        token_endpoint="https://api.line.me/oauth2/v2.1/token",
    )

    def rules(self, config: Config, server: AuthorizationServer) -> IdTokenRules:
        return IdTokenRules(
            client_id=config["clientId"],
            issuers=[server.issuer],
            algorithms=(SECRET_ALGORITHM,),
            secret=config["clientSecret"],
        )

    def user(self, config: Config, claims: Mapping[str, Any]) -> ProviderUser:
        return user_from_claims(claims, trusts_email=config.get("trustUnverifiedEmail", False))


register(
    SocialFactory(
        id="line-universal",
        target="line",
        name="LINE",
        description="Sign in with a LINE account.",
        connector=LineConnector(),
        config=TrustingClientConfig,
        logo="connectors/logos/line.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("clientId", "Channel ID", required=True),
            FormItem("clientSecret", "Channel secret", required=True, is_confidential=True),
            scope_item("openid profile email"),
            TRUST_EMAIL,
        ),
    )
)
