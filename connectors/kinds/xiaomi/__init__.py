"""Xiaomi."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from common.errors import AppError
from connectors.factories import SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import ClientConfig, client_items
from connectors.oauth.calls import call, get_object, provider_error, read_json
from connectors.oauth.client import TokenAnswer, read_token_set
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser

_TOKEN = "https://account.xiaomi.com/oauth2/token"
_USER = "https://open.account.xiaomi.com/user/profile"
# Keeps an answer from running as a script.
_PREFIX = "&&&START&&&"
# A code that is invalid, has expired or was used.
_INVALID_CODE = (96013, 96014)


class XiaomiConnector(OAuthConnector):
    """https://dev.mi.com/docs/passport/oauth2/"""

    # Scopes are numbers: the profile, and the openid.
    default_scope = "1 3"
    uses_pkce = False
    endpoints = AuthorizationServer(
        authorization_endpoint="https://account.xiaomi.com/oauth2/authorize", token_endpoint=_TOKEN
    )

    def exchange(self, config: Config, code: str, session: Config) -> TokenAnswer:
        query = urlencode(
            {
                "grant_type": "authorization_code",
                "client_id": config["clientId"],
                "client_secret": config["clientSecret"],
                "redirect_uri": session["redirectUri"],
                "code": code,
            }
        )
        found = read_json(call("GET", f"{_TOKEN}?{query}").text.removeprefix(_PREFIX))
        if not isinstance(found, dict):
            raise AppError("connector.invalid_response")
        if error := found.get("error"):
            refusal = {"error": str(error)[:32], "error_description": found.get("error_description")}
            refused = "social_auth_code_invalid" if error in _INVALID_CODE else "authorization_failed"
            raise provider_error(f"connector.{refused}", refusal)
        return TokenAnswer(read_token_set(found), found)

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        query = urlencode({"clientId": config["clientId"], "token": answer.tokens.access_token})
        found = get_object(f"{_USER}?{query}")
        account: Any = found.get("data")
        if found.get("code") != 0 or not isinstance(account, Mapping):
            raise AppError("connector.social_invalid_access_token")
        return ProviderUser(
            # One for all applications of a developer; `openId` is the application's own.
            id=text(account.get("unionId")) or identifier(answer.raw.get("openId")),
            name=text(account.get("miliaoNick")),
            avatar=text(account.get("miliaoIcon")),
            raw_data=found,
        )


register(
    SocialFactory(
        id="xiaomi-universal",
        target="xiaomi",
        name="Xiaomi",
        description="Sign in with a Xiaomi account.",
        connector=XiaomiConnector(),
        config=ClientConfig,
        logo="connectors/logos/xiaomi.svg",
        readme=read_guide(__file__),
        form_items=client_items(XiaomiConnector.default_scope),
    )
)
