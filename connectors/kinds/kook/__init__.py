"""KOOK."""

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

_USER = "https://www.kookapp.cn/api/v3/user/me"


class KookConnector(OAuthConnector):
    """https://developer.kookapp.cn/doc/oauth2"""

    default_scope = "get_user_info"
    uses_pkce = False
    endpoints = AuthorizationServer(
        authorization_endpoint="https://www.kookapp.cn/app/oauth2/authorize",
        token_endpoint="https://www.kookapp.cn/api/oauth2/token",
    )

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        found = get_object(_USER, access_token=answer.tokens.access_token)
        account = found.get("data")
        # Errors come with status 200.
        if found.get("code") != 0 or not isinstance(account, Mapping):
            raise AppError("connector.social_invalid_access_token")
        return ProviderUser(
            id=identifier(account.get("id")),
            name=text(account.get("username")),
            avatar=text(account.get("avatar")),
            raw_data=found,
        )


register(
    SocialFactory(
        id="kook-universal",
        target="kook",
        name="KOOK",
        description="Sign in with a KOOK account.",
        connector=KookConnector(),
        config=ClientConfig,
        logo="connectors/logos/kook.svg",
        readme=read_guide(__file__),
        form_items=client_items(KookConnector.default_scope),
    )
)
