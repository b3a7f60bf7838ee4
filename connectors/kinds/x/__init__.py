"""X."""

from collections.abc import Mapping

from common.errors import AppError
from connectors.factories import SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import ClientConfig, client_items
from connectors.oauth.calls import get_object
from connectors.oauth.client import TokenAnswer
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser

_USER = "https://api.x.com/2/users/me?user.fields=profile_image_url"


class XConnector(OAuthConnector):
    """https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code"""

    default_scope = "tweet.read users.read"
    authentication = "client_secret_basic"
    endpoints = AuthorizationServer(
        authorization_endpoint="https://x.com/i/oauth2/authorize",
        token_endpoint="https://api.x.com/2/oauth2/token",
    )

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        found = get_object(_USER, access_token=answer.tokens.access_token)
        account = found.get("data")
        if not isinstance(account, Mapping):
            raise AppError("connector.invalid_response")
        return ProviderUser(
            id=identifier(account.get("id")),
            name=text(account.get("name")) or text(account.get("username")),
            avatar=text(account.get("profile_image_url")),
            raw_data=found,
        )


register(
    SocialFactory(
        id="x-universal",
        target="x",
        name="X",
        description="Sign in with an account of X.",
        connector=XConnector(),
        config=ClientConfig,
        logo="connectors/logos/x.svg",
        logo_dark="connectors/logos/x-dark.svg",
        readme=read_guide(__file__),
        form_items=client_items(XConnector.default_scope),
    )
)
