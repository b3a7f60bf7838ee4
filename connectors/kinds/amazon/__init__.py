"""Amazon."""

from connectors.factories import SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import (
    CLIENT_ID,
    CLIENT_SECRET,
    TRUST_EMAIL,
    TrustingClientConfig,
    scope_item,
    trusted_email,
)
from connectors.oauth.calls import get_object
from connectors.oauth.client import TokenAnswer
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser

_PROFILE = "https://api.amazon.com/user/profile"


class AmazonConnector(OAuthConnector):
    """https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html"""

    default_scope = "profile"
    endpoints = AuthorizationServer(
        authorization_endpoint="https://www.amazon.com/ap/oa",
        token_endpoint="https://api.amazon.com/auth/o2/token",
    )

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        account = get_object(_PROFILE, access_token=answer.tokens.access_token)
        return ProviderUser(
            id=identifier(account.get("user_id")),
            email=trusted_email(config, account.get("email")),
            name=text(account.get("name")),
            raw_data=account,
        )


register(
    SocialFactory(
        id="amazon-universal",
        target="amazon",
        name="Amazon",
        description="Sign in with an Amazon account.",
        connector=AmazonConnector(),
        config=TrustingClientConfig,
        logo="connectors/logos/amazon.svg",
        readme=read_guide(__file__),
        form_items=(CLIENT_ID, CLIENT_SECRET, scope_item(AmazonConnector.default_scope), TRUST_EMAIL),
    )
)
