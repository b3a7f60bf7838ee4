"""Sign-in with Alipay, whose gateway takes signed calls of methods and names its answers after them."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any, Final
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from common.clock import now
from common.errors import AppError
from connectors.kinds.alipay.config import load_key
from connectors.oauth.calls import call, provider_error, read_object
from connectors.oauth.client import TokenAnswer, read_token_set
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser, SignInRequest, SignInStart

_AUTHORIZE: Final = "https://openauth.alipay.com/oauth2/publicAppAuthorize.htm"
_GATEWAY: Final = "https://openapi.alipay.com/gateway.do"
_CHINA: Final = timezone(timedelta(hours=8))
_SUCCESS: Final = "10000"
_INVALID_CODE: Final = "isv.code-invalid"
_INVALID_TOKEN: Final = ("aop.invalid-auth-token", "aop.auth-token-time-out")


class AlipayConnector(OAuthConnector):
    """https://opendocs.alipay.com/open/263/105809"""

    code_parameter = "auth_code"
    endpoints = AuthorizationServer(authorization_endpoint=_AUTHORIZE, token_endpoint=_GATEWAY)

    def exchange(self, config: Config, code: str, session: Config) -> TokenAnswer:
        answer = _ask(config, "alipay.system.oauth.token", grant_type="authorization_code", code=code)
        return TokenAnswer(read_token_set(answer), answer)

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        account = _ask(config, "alipay.user.info.share", auth_token=answer.tokens.access_token)
        # Newer applications are given an `open_id`, which is their own.
        return ProviderUser(
            id=identifier(account.get("user_id") or account.get("open_id")),
            name=text(account.get("nick_name")),
            avatar=text(account.get("avatar")),
            raw_data=account,
        )


class AlipayWebConnector(AlipayConnector):
    """In browsers."""

    def start(self, config: Config, request: SignInRequest) -> SignInStart:
        query = urlencode(
            {
                "app_id": config["appId"],
                "redirect_uri": request.redirect_uri,
                "scope": "auth_user",
                "state": request.state,
            }
        )
        return SignInStart(f"{_AUTHORIZE}?{query}", _session_of(request))


class AlipayNativeConnector(AlipayConnector):
    """In native applications, which hand the parameters of `alipay:` to Alipay's SDK."""

    def start(self, config: Config, request: SignInRequest) -> SignInStart:
        query = urlencode({"app_id": config["appId"], "state": request.state})
        return SignInStart(f"alipay://?{query}", _session_of(request))


def _session_of(request: SignInRequest) -> dict[str, Any]:
    return {"state": request.state, "redirectUri": request.redirect_uri}


def sign(config: Config, parameters: Mapping[str, str]) -> str:
    """Return the signature of a call: its parameters by name, as they are, under the application's key."""
    text_to_sign = "&".join(f"{name}={value}" for name, value in sorted(parameters.items()) if value)
    signature = load_key(config["privateKey"]).sign(text_to_sign.encode(), PKCS1v15(), SHA256())
    return base64.b64encode(signature).decode()


def _ask(config: Config, method: str, **parameters: str) -> dict[str, Any]:
    sent = {
        "app_id": config["appId"],
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": now().astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "version": "1.0",
        **parameters,
    }
    answer = call(
        "POST",
        f"{_GATEWAY}?charset=utf-8",
        headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
        content=urlencode({**sent, "sign": sign(config, sent)}).encode(),
    )
    found = read_object(answer)
    said = found.get(f"{method.replace('.', '_')}_response", found.get("error_response"))
    if not isinstance(said, dict):
        raise AppError("connector.invalid_response", data={"reason": json.dumps(sorted(found))[:256]})
    if said.get("code", _SUCCESS) != _SUCCESS:
        raise _refusal(said)
    return said


def _refusal(said: Mapping[str, Any]) -> AppError:
    error = said.get("sub_code") or said.get("code")
    told = {"error": error, "error_description": said.get("sub_msg") or said.get("msg")}
    if error == _INVALID_CODE:
        return provider_error("connector.social_auth_code_invalid", told)
    if error in _INVALID_TOKEN:
        return provider_error("connector.social_invalid_access_token", told)
    return provider_error("connector.authorization_failed", told)
