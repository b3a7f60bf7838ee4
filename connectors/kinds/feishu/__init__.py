"""Feishu."""

from collections.abc import Mapping
from typing import Any

from common.errors import AppError
from common.rest.fields import Flag
from connectors.factories import FormItem, Platform, SocialFactory, register
from connectors.kinds.configs import Config as ConnectorConfig
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import TRUST_EMAIL, IdField, trusted_email
from connectors.oauth.calls import call, get_object, provider_error, read_object
from connectors.oauth.client import OAuthClient, TokenAnswer, read_token_set
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser

_TOKEN = "https://open.feishu.cn/open-apis/authen/v2/oauth/token"
_USER = "https://open.feishu.cn/open-apis/authen/v1/user_info"


class FeishuConfig(ConnectorConfig):
    """A custom application of a Feishu tenant."""

    appId = IdField(max_length=128)
    appSecret = IdField()
    trustUnverifiedEmail = Flag(required=False)


class FeishuConnector(OAuthConnector):
    """https://open.feishu.cn/document/authentication-management/access-token/obtain-oauth-code"""

    endpoints = AuthorizationServer(
        authorization_endpoint="https://accounts.feishu.cn/open-apis/authen/v1/authorize", token_endpoint=_TOKEN
    )

    def client(self, config: Config) -> OAuthClient:
        return OAuthClient(client_id=config["appId"], client_secret=config["appSecret"])

    def exchange(self, config: Config, code: str, session: Config) -> TokenAnswer:
        # The parameters of the standard, in JSON.
        body = {
            "grant_type": "authorization_code",
            "client_id": config["appId"],
            "client_secret": config["appSecret"],
            "code": code,
            "redirect_uri": session["redirectUri"],
            "code_verifier": session["codeVerifier"],
        }
        answer = read_object(call("POST", _TOKEN, body=body))
        if answer.get("error") == "invalid_grant":
            raise provider_error("connector.social_auth_code_invalid", answer)
        if answer.get("code", 0) != 0:
            raise provider_error("connector.authorization_failed", answer)
        return TokenAnswer(read_token_set(answer), answer)

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        found = get_object(_USER, access_token=answer.tokens.access_token)
        account = found.get("data")
        if found.get("code") != 0 or not isinstance(account, Mapping):
            raise AppError("connector.social_invalid_access_token")
        return _user(config, account)


def _user(config: Config, account: Mapping[str, Any]) -> ProviderUser:
    return ProviderUser(
        id=identifier(account.get("open_id")),
        email=trusted_email(config, account.get("enterprise_email") or account.get("email")),
        name=text(account.get("name")),
        avatar=text(account.get("avatar_url")),
        raw_data=dict(account),
    )


register(
    SocialFactory(
        id="feishu-web",
        target="feishu",
        platform=Platform.WEB,
        name="Feishu",
        description="Sign in with a Feishu account.",
        connector=FeishuConnector(),
        config=FeishuConfig,
        logo="connectors/logos/feishu.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("appId", "App ID", required=True, placeholder="cli_0123456789abcdef"),
            FormItem("appSecret", "App secret", required=True, is_confidential=True),
            TRUST_EMAIL,
        ),
    )
)
