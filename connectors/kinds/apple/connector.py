"""Sign-in with Apple: the ID token comes with the browser (`code id_token`), in a form that Apple posts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jwt

from common.clock import now, to_seconds
from common.errors import AppError
from connectors.oauth.callbacks import check_callback
from connectors.oauth.calls import read_json, time_limit
from connectors.oauth.client import OAuthClient, authorization_url, exchange_code
from connectors.oauth.connector import Config
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.id_tokens import verify_id_token
from connectors.oauth.openid import OpenIdConnector
from connectors.oauth.profiles import text, user_from_claims
from connectors.provider_sign_in import ProviderSignIn, ProviderUser, SignInRequest, SignInStart, TokenSet

ISSUER = "https://appleid.apple.com"
# Seconds that a client secret is good for; Apple allows half a year.
_SECRET_LIFETIME = 300
_LONGEST_USER = 4096


class AppleConnector(OpenIdConnector):
    """https://developer.apple.com/documentation/signinwithapplerestapi"""

    required_scope = ""
    default_scope = "name email"
    uses_pkce = False
    endpoints = AuthorizationServer(
        issuer=ISSUER,
        authorization_endpoint="https://appleid.apple.com/auth/authorize",
        token_endpoint="https://appleid.apple.com/auth/token",
        jwks_uri="https://appleid.apple.com/auth/keys",
    )

    def start(self, config: Config, request: SignInRequest) -> SignInStart:
        session = self.new_session(request)
        url = authorization_url(
            self.endpoints.authorization_endpoint,
            self.client(config),
            redirect_uri=request.redirect_uri,
            state=request.state,
            response_type="code id_token",
            # Apple refuses others for `name` and `email`.
            response_mode="form_post",
            nonce=session["nonce"],
        )
        return SignInStart(url, session)

    def finish(self, config: Config, *, data: Config, session: Config) -> ProviderSignIn:
        check_callback(data, session, self.endpoints)
        id_token, code = data.get("id_token"), data.get("code")
        if not isinstance(id_token, str):
            raise AppError("connector.social_invalid_id_token", data={"reason": "missing"})
        with time_limit():
            rules = self.rules(config, self.endpoints)
            claims = verify_id_token(
                id_token, rules, nonce=session.get("nonce", ""), code=code if isinstance(code, str) else ""
            )
            tokens = self._confirm(config, code, session, subject=claims["sub"]) if "privateKey" in config else None
        user = replace(self.user(config, claims), name=_name(data.get("user")))
        return ProviderSignIn(user.bounded(), tokens, ISSUER)

    def user(self, config: Config, claims: Mapping[str, Any]) -> ProviderUser:
        # Apple writes `email_verified` as a text or as a flag.
        return user_from_claims(claims, accepts_text_flags=True)

    def _confirm(self, config: Config, code: Any, session: Config, *, subject: str) -> TokenSet:
        """Exchange the code; raises `connector.social_invalid_id_token` if it is another user's."""
        if not isinstance(code, str):
            raise AppError("connector.social_auth_code_invalid")
        client = OAuthClient(client_id=config["clientId"], client_secret=client_secret(config))
        answer = exchange_code(self.endpoints.token_endpoint, client, code=code, redirect_uri=session["redirectUri"])
        claims = verify_id_token(
            answer.tokens.id_token or "",
            self.rules(config, self.endpoints),
            nonce=session.get("nonce", ""),
            requires_nonce=False,
        )
        if claims["sub"] != subject:
            raise AppError("connector.social_invalid_id_token", data={"reason": "sub"})
        return answer.tokens


def client_secret(config: Config) -> str:
    """Return a client secret, a JWT that the developer's key signs."""
    moment = to_seconds(now())
    claims = {
        "iss": config["teamId"],
        "sub": config["clientId"],
        "aud": ISSUER,
        "iat": moment,
        "exp": moment + _SECRET_LIFETIME,
    }
    return jwt.encode(claims, config["privateKey"], algorithm="ES256", headers={"kid": config["keyId"]})


def _name(user: Any) -> str | None:
    """The name that Apple posts the first time alone: `{"name": {"firstName", "lastName"}}` as a text."""
    if not isinstance(user, str) or len(user) > _LONGEST_USER:
        return None
    try:
        found = read_json(user)
    except AppError:
        return None
    name = found.get("name") if isinstance(found, dict) else None
    if not isinstance(name, dict):
        return None
    parts = (text(name.get("firstName")), text(name.get("lastName")))
    return " ".join(part for part in parts if part) or None
