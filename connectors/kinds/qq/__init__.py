"""QQ."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from common.errors import AppError
from connectors.factories import FormItem, SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import ClientConfig, scope_item
from connectors.oauth.calls import call, provider_error, read_json
from connectors.oauth.client import TokenAnswer, read_token_set
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser

_API = "https://graph.qq.com"
# What scripts in pages once needed: `callback( {…} );`
_CALLBACK = re.compile(r"\s*callback\s*\((?P<json>.*)\)\s*;?\s*", re.DOTALL)
# A code that is invalid, has expired or was used.
_INVALID_CODE = (100019, 100020, 100035)


class QqConnector(OAuthConnector):
    """https://wiki.connect.qq.com/使用authorization_code获取access_token"""

    default_scope = "get_user_info"
    scope_separator = ","
    uses_pkce = False
    endpoints = AuthorizationServer(
        authorization_endpoint=f"{_API}/oauth2.0/authorize", token_endpoint=f"{_API}/oauth2.0/token"
    )

    def exchange(self, config: Config, code: str, session: Config) -> TokenAnswer:
        answer = _ask(
            "/oauth2.0/token",
            grant_type="authorization_code",
            client_id=config["clientId"],
            client_secret=config["clientSecret"],
            code=code,
            redirect_uri=session["redirectUri"],
            fmt="json",
        )
        return TokenAnswer(read_token_set(answer), answer)

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        token = answer.tokens.access_token
        known = _ask("/oauth2.0/me", access_token=token, unionid="1", fmt="json")
        openid = identifier(known.get("openid"))
        # The token must be one for this application, or another one's would do.
        if str(known.get("client_id")) != config["clientId"]:
            raise AppError("connector.social_invalid_access_token")
        account = _ask("/user/get_user_info", access_token=token, oauth_consumer_key=config["clientId"], openid=openid)
        return ProviderUser(
            # One for all applications of a developer, if these are connected.
            id=text(known.get("unionid")) or openid,
            name=text(account.get("nickname")),
            avatar=text(account.get("figureurl_qq_2")) or text(account.get("figureurl_qq_1")),
            raw_data=account,
        )


def _ask(path: str, **parameters: str) -> dict[str, Any]:
    """Ask QQ: it answers in JSON, in a script's call with JSON, or in a query string, and always says `text/html`."""
    answer = call("GET", f"{_API}{path}?{urlencode(parameters)}")
    if answer.status != 200:
        raise AppError("connector.general", data={"reason": f"status {answer.status}"})
    found = _read(answer.text)
    if error := found.get("error") or found.get("ret"):
        refusal = {"error": str(error)[:32], "error_description": found.get("error_description") or found.get("msg")}
        if error in _INVALID_CODE:
            raise provider_error("connector.social_auth_code_invalid", refusal)
        raise provider_error("connector.authorization_failed", refusal)
    return found


def _read(body: str) -> dict[str, Any]:
    if called := _CALLBACK.fullmatch(body):
        body = called["json"]
    body = body.strip()
    found = read_json(body) if body.startswith("{") else dict(parse_qsl(body, max_num_fields=50))
    if not isinstance(found, dict) or not found:
        raise AppError("connector.invalid_response")
    return found


register(
    SocialFactory(
        id="qq-universal",
        target="qq",
        name="QQ",
        description="Sign in with a QQ account.",
        connector=QqConnector(),
        config=ClientConfig,
        logo="connectors/logos/qq.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("clientId", "App ID", required=True),
            FormItem("clientSecret", "App key", required=True, is_confidential=True),
            scope_item(QqConnector.default_scope),
        ),
    )
)
