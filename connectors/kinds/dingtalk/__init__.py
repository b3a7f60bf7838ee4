"""DingTalk."""

from connectors.factories import Platform, SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import (
    CLIENT_ID,
    CLIENT_SECRET,
    TRUST_EMAIL,
    TrustingClientConfig,
    scope_item,
    trusted_email,
)
from connectors.oauth.calls import call, get_object, provider_error, read_object
from connectors.oauth.client import TokenAnswer, read_token_set
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser, SignInRequest

_TOKEN = "https://api.dingtalk.com/v1.0/oauth2/userAccessToken"
_USER = "https://api.dingtalk.com/v1.0/contact/users/me"
_BAD_REQUEST = 400


class DingTalkConnector(OAuthConnector):
    """https://open.dingtalk.com/document/orgapp/tutorial-obtaining-user-personal-information"""

    required_scope = "openid"
    uses_pkce = False
    code_parameter = "authCode"
    endpoints = AuthorizationServer(
        authorization_endpoint="https://login.dingtalk.com/oauth2/auth", token_endpoint=_TOKEN
    )

    def parameters(self, config: Config, request: SignInRequest) -> dict[str, str]:
        # DingTalk requires it.
        return {"prompt": "consent"}

    def exchange(self, config: Config, code: str, session: Config) -> TokenAnswer:
        body = {
            "clientId": config["clientId"],
            "clientSecret": config["clientSecret"],
            "code": code,
            "grantType": "authorization_code",
        }
        answer = call("POST", _TOKEN, body=body)
        found = read_object(answer)
        if answer.status != 200:
            refusal = {"error": found.get("code"), "error_description": found.get("message")}
            refused = "social_auth_code_invalid" if answer.status == _BAD_REQUEST else "authorization_failed"
            raise provider_error(f"connector.{refused}", refusal)
        names = {"accessToken": "access_token", "refreshToken": "refresh_token", "expireIn": "expires_in"}
        return TokenAnswer(read_token_set({names.get(name, name): value for name, value in found.items()}), found)

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        account = get_object(_USER, headers={"x-acs-dingtalk-access-token": answer.tokens.access_token})
        return ProviderUser(
            id=identifier(account.get("unionId")),
            email=trusted_email(config, account.get("email")),
            name=text(account.get("nick")),
            avatar=text(account.get("avatarUrl")),
            raw_data=account,
        )


register(
    SocialFactory(
        id="dingtalk-web",
        target="dingtalk",
        platform=Platform.WEB,
        name="DingTalk",
        description="Sign in with a DingTalk account.",
        connector=DingTalkConnector(),
        config=TrustingClientConfig,
        logo="connectors/logos/dingtalk.svg",
        readme=read_guide(__file__),
        form_items=(CLIENT_ID, CLIENT_SECRET, scope_item("openid"), TRUST_EMAIL),
    )
)
