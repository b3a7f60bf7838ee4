"""Discord."""

from connectors.factories import SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import ClientConfig, client_items
from connectors.oauth.calls import get_object
from connectors.oauth.client import TokenAnswer
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser

_USER = "https://discord.com/api/v10/users/@me"
_AVATARS = "https://cdn.discordapp.com/avatars"


class DiscordConnector(OAuthConnector):
    """https://discord.com/developers/docs/topics/oauth2"""

    default_scope = "identify email"
    endpoints = AuthorizationServer(
        authorization_endpoint="https://discord.com/oauth2/authorize",
        token_endpoint="https://discord.com/api/v10/oauth2/token",
    )

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        account = get_object(_USER, access_token=answer.tokens.access_token)
        user_id, avatar = identifier(account.get("id")), text(account.get("avatar"))
        return ProviderUser(
            id=user_id,
            email=text(account.get("email")) if account.get("verified") is True else None,
            name=text(account.get("global_name")) or text(account.get("username")),
            avatar=f"{_AVATARS}/{user_id}/{avatar}.png" if avatar else None,
            raw_data=account,
        )


register(
    SocialFactory(
        id="discord-universal",
        target="discord",
        name="Discord",
        description="Sign in with a Discord account.",
        connector=DiscordConnector(),
        config=ClientConfig,
        logo="connectors/logos/discord.svg",
        readme=read_guide(__file__),
        form_items=client_items(DiscordConnector.default_scope),
    )
)
