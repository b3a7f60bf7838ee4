"""WeCom: the members of one company."""

from typing import Any
from urllib.parse import urlencode

from common.errors import AppError
from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.configs import Config as ConnectorConfig
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import IdField
from connectors.oauth.calls import get_object, provider_text
from connectors.oauth.client import TokenAnswer
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser, SignInRequest, SignInStart, TokenSet

_LOGIN = "https://login.work.weixin.qq.com/wwlogin/sso/login"
_API = "https://qyapi.weixin.qq.com/cgi-bin"
# A code that is invalid, and one that was used.
_INVALID_CODE = (40029, 42003)


class WeComConfig(ConnectorConfig):
    """An application of a company."""

    corpId = IdField(max_length=128)
    appSecret = IdField()
    agentId = IdField(max_length=64)


class WeComConnector(OAuthConnector):
    """https://developer.work.weixin.qq.com/document/path/98151

    The access token is the company's and says nothing of the user, so it is not handed on.
    """

    endpoints = AuthorizationServer(authorization_endpoint=_LOGIN, token_endpoint=f"{_API}/gettoken")

    def start(self, config: Config, request: SignInRequest) -> SignInStart:
        query = urlencode(
            {
                "login_type": "CorpApp",
                "appid": config["corpId"],
                "agentid": config["agentId"],
                "redirect_uri": request.redirect_uri,
                "state": request.state,
            }
        )
        session = {"state": request.state, "redirectUri": request.redirect_uri}
        return SignInStart(f"{_LOGIN}?{query}", session)

    def exchange(self, config: Config, code: str, session: Config) -> TokenAnswer:
        """Return the company's token, and whose code it is."""
        token = _ask("gettoken", corpid=config["corpId"], corpsecret=config["appSecret"]).get("access_token")
        if not isinstance(token, str):
            raise AppError("connector.invalid_response")
        member = _ask("auth/getuserinfo", access_token=token, code=code)
        return TokenAnswer(TokenSet(access_token=token), member)

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        # Somebody from outside of the company has an `openid` instead.
        user_id = identifier(answer.raw.get("userid"))
        account = _ask("user/get", access_token=answer.tokens.access_token, userid=user_id)
        return ProviderUser(
            id=user_id, name=text(account.get("name")), avatar=text(account.get("avatar")), raw_data=account
        )

    def tokens_of(self, answer: TokenAnswer) -> None:
        return None


def _ask(path: str, **parameters: str) -> dict[str, Any]:
    answer = get_object(f"{_API}/{path}?{urlencode(parameters)}")
    if not (code := answer.get("errcode")):
        return answer
    told = {"error": str(code)[:32], "errorDescription": provider_text(answer.get("errmsg"))}
    refused = "social_auth_code_invalid" if code in _INVALID_CODE else "authorization_failed"
    raise AppError(f"connector.{refused}", data=told)


register(
    SocialFactory(
        id="wecom-universal",
        target="wecom",
        name="WeCom",
        description="Sign in with a WeCom account of your company.",
        connector=WeComConnector(),
        config=WeComConfig,
        logo="connectors/logos/wecom.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("corpId", "Corp ID", required=True, placeholder="ww0123456789abcdef"),
            FormItem("agentId", "Agent ID", required=True, placeholder="1000002"),
            FormItem("appSecret", "App secret", required=True, is_confidential=True),
        ),
    )
)
