"""Kakao."""

from collections.abc import Mapping
from typing import Any

from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.configs import Config as ConnectorConfig
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import IdField, ScopeField
from connectors.oauth.calls import get_object
from connectors.oauth.client import TokenAnswer
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser

_USER = "https://kapi.kakao.com/v2/user/me"


class KakaoConfig(ConnectorConfig):
    """An application; Kakao lets developers do without a client secret."""

    clientId = IdField()
    clientSecret = IdField(required=False)
    scope = ScopeField()


class KakaoConnector(OAuthConnector):
    """https://developers.kakao.com/docs/latest/en/kakaologin/rest-api"""

    scope_separator = ","
    endpoints = AuthorizationServer(
        authorization_endpoint="https://kauth.kakao.com/oauth/authorize",
        token_endpoint="https://kauth.kakao.com/oauth/token",
    )

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        found = get_object(_USER, access_token=answer.tokens.access_token)
        account = _object(found.get("kakao_account"))
        profile = _object(account.get("profile"))
        # An address may be verified and belong to another account by now: then it is not valid.
        is_theirs = account.get("is_email_valid") is True and account.get("is_email_verified") is True
        return ProviderUser(
            id=identifier(found.get("id")),
            email=text(account.get("email")) if is_theirs else None,
            name=text(profile.get("nickname")),
            avatar=None if profile.get("is_default_image") is True else text(profile.get("profile_image_url")),
            raw_data=found,
        )


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


register(
    SocialFactory(
        id="kakao-universal",
        target="kakao",
        name="Kakao",
        description="Sign in with a Kakao account.",
        connector=KakaoConnector(),
        config=KakaoConfig,
        logo="connectors/logos/kakao.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("clientId", "REST API key", required=True),
            FormItem(
                "clientSecret", "Client secret", is_confidential=True, description="If the application requires one."
            ),
            FormItem(
                "scope",
                "Scopes",
                placeholder="profile_nickname profile_image account_email",
                description="Separated by spaces; the application's consent items if empty.",
            ),
        ),
    )
)
