"""Patreon."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

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

_FIELDS = urlencode({"fields[user]": "email,full_name,image_url,is_email_verified,vanity"})
_IDENTITY = f"https://www.patreon.com/api/oauth2/v2/identity?{_FIELDS}"


class PatreonConnector(OAuthConnector):
    """https://docs.patreon.com/#oauth"""

    default_scope = "identity identity[email]"
    uses_pkce = False
    endpoints = AuthorizationServer(
        authorization_endpoint="https://www.patreon.com/oauth2/authorize",
        token_endpoint="https://www.patreon.com/api/oauth2/token",
    )

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        found = get_object(_IDENTITY, access_token=answer.tokens.access_token)
        account: Any = found.get("data")
        attributes = account.get("attributes") if isinstance(account, Mapping) else None
        if not isinstance(attributes, Mapping):
            raise AppError("connector.invalid_response")
        return ProviderUser(
            id=identifier(account.get("id")),
            email=text(attributes.get("email")) if attributes.get("is_email_verified") is True else None,
            name=text(attributes.get("full_name")) or text(attributes.get("vanity")),
            avatar=text(attributes.get("image_url")),
            raw_data=found,
        )


register(
    SocialFactory(
        id="patreon-universal",
        target="patreon",
        name="Patreon",
        description="Sign in with a Patreon account.",
        connector=PatreonConnector(),
        config=ClientConfig,
        logo="connectors/logos/patreon.svg",
        logo_dark="connectors/logos/patreon-dark.svg",
        readme=read_guide(__file__),
        form_items=client_items(PatreonConnector.default_scope),
    )
)
