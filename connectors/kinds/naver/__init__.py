"""Naver."""

from collections.abc import Mapping

from common.errors import AppError
from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import (
    CLIENT_ID,
    CLIENT_SECRET,
    TRUST_EMAIL,
    TrustingClientConfig,
    trusted_email,
)
from connectors.oauth.calls import get_object
from connectors.oauth.client import TokenAnswer, exchange_code
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser

_USER = "https://openapi.naver.com/v1/nid/me"


class NaverConnector(OAuthConnector):
    """https://developers.naver.com/docs/login/api/api.md"""

    uses_pkce = False
    endpoints = AuthorizationServer(
        authorization_endpoint="https://nid.naver.com/oauth2.0/authorize",
        token_endpoint="https://nid.naver.com/oauth2.0/token",
    )

    def exchange(self, config: Config, code: str, session: Config) -> TokenAnswer:
        # Naver wants the state once more.
        return exchange_code(
            self.endpoints.token_endpoint,
            self.client(config),
            code=code,
            redirect_uri=session["redirectUri"],
            state=session["state"],
        )

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        found = get_object(_USER, access_token=answer.tokens.access_token)
        account = found.get("response")
        if found.get("resultcode") != "00" or not isinstance(account, Mapping):
            raise AppError("connector.invalid_response")
        return ProviderUser(
            id=identifier(account.get("id")),
            email=trusted_email(config, account.get("email")),
            name=text(account.get("name")) or text(account.get("nickname")),
            avatar=text(account.get("profile_image")),
            raw_data=found,
        )


register(
    SocialFactory(
        id="naver-universal",
        target="naver",
        name="Naver",
        description="Sign in with a Naver account.",
        connector=NaverConnector(),
        config=TrustingClientConfig,
        logo="connectors/logos/naver.svg",
        readme=read_guide(__file__),
        form_items=(
            CLIENT_ID,
            CLIENT_SECRET,
            TRUST_EMAIL,
            FormItem(
                "scope",
                "Scopes",
                description="Separated by spaces. Naver goes by what the application may read.",
                is_advanced=True,
            ),
        ),
    )
)
