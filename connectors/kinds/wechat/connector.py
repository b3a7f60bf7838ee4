"""Sign-in with WeChat, whose API has its own names for everything and answers errors with status 200."""

from typing import Any
from urllib.parse import urlencode

from common.errors import AppError
from connectors.oauth.calls import get_object, provider_text
from connectors.oauth.client import TokenAnswer, read_token_set
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser, SignInRequest, SignInStart

_QR_CODE = "https://open.weixin.qq.com/connect/qrconnect"
_TOKEN = "https://api.weixin.qq.com/sns/oauth2/access_token"
_USER = "https://api.weixin.qq.com/sns/userinfo"

# A code that is invalid, was used, or is of another application; a token that is invalid or has expired.
_INVALID_CODE = (40029, 40163, 41008)
_INVALID_TOKEN = (40001, 40014, 42001)


class WeChatConnector(OAuthConnector):
    """https://developers.weixin.qq.com/doc/oplatform/en/Website_App/WeChat_Login/Wechat_Login.html"""

    endpoints = AuthorizationServer(authorization_endpoint=_QR_CODE, token_endpoint=_TOKEN)

    def exchange(self, config: Config, code: str, session: Config) -> TokenAnswer:
        answer = _ask(
            _TOKEN,
            appid=config["appId"],
            secret=config["appSecret"],
            code=code,
            grant_type="authorization_code",
        )
        return TokenAnswer(read_token_set(answer), answer)

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        openid = identifier(answer.raw.get("openid"))
        account = _ask(_USER, access_token=answer.tokens.access_token, openid=openid)
        # One for all applications of a developer, if there are several; `openid` is the application's own.
        unionid = text(account.get("unionid")) or text(answer.raw.get("unionid"))
        return ProviderUser(
            id=unionid or openid,
            name=text(account.get("nickname")),
            avatar=text(account.get("headimgurl")),
            raw_data=account,
        )


class WeChatWebConnector(WeChatConnector):
    """In browsers: WeChat shows a QR code."""

    default_scope = "snsapi_login"

    def start(self, config: Config, request: SignInRequest) -> SignInStart:
        query = urlencode(
            {
                "appid": config["appId"],
                "redirect_uri": request.redirect_uri,
                "response_type": "code",
                "scope": self.scope(config),
                "state": request.state,
            }
        )
        return SignInStart(f"{_QR_CODE}?{query}#wechat_redirect", _session_of(request))


class WeChatNativeConnector(WeChatConnector):
    """In native applications, which hand the parameters of `wechat:` to WeChat's SDK."""

    def start(self, config: Config, request: SignInRequest) -> SignInStart:
        parameters = {"app_id": config["appId"], "state": request.state}
        if link := config.get("universalLinks"):
            parameters["universal_links"] = link
        return SignInStart(f"wechat://?{urlencode(parameters)}", _session_of(request))


def _session_of(request: SignInRequest) -> dict[str, Any]:
    return {"state": request.state, "redirectUri": request.redirect_uri}


def _ask(url: str, **parameters: str) -> dict[str, Any]:
    answer = get_object(f"{url}?{urlencode(parameters)}")
    if not (code := answer.get("errcode")):
        return answer
    told = {"error": str(code)[:32], "errorDescription": provider_text(answer.get("errmsg"))}
    if code in _INVALID_CODE:
        raise AppError("connector.social_auth_code_invalid", data=told)
    if code in _INVALID_TOKEN:
        raise AppError("connector.social_invalid_access_token", data=told)
    raise AppError("connector.authorization_failed", data=told)
