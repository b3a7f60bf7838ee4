"""Facebook."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from connectors.factories import SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import (
    CLIENT_ID,
    CLIENT_SECRET,
    TRUST_EMAIL,
    TrustingClientConfig,
    scope_item,
    trusted_email,
)
from connectors.oauth.calls import get_object
from connectors.oauth.client import TokenAnswer
from connectors.oauth.connector import Config, OAuthConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser

_GRAPH = "https://graph.facebook.com/v23.0"


class FacebookConnector(OAuthConnector):
    """https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow"""

    default_scope = "email public_profile"
    scope_separator = ","
    uses_pkce = False
    endpoints = AuthorizationServer(
        authorization_endpoint="https://www.facebook.com/v23.0/dialog/oauth",
        token_endpoint=f"{_GRAPH}/oauth/access_token",
    )

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        token = answer.tokens.access_token
        # Proof that the token is used by the application that it was issued to.
        proof = hmac.new(config["clientSecret"].encode(), token.encode(), hashlib.sha256).hexdigest()
        query = urlencode({"fields": "id,name,email,picture", "appsecret_proof": proof})
        account = get_object(f"{_GRAPH}/me?{query}", access_token=token)
        return ProviderUser(
            id=identifier(account.get("id")),
            email=trusted_email(config, account.get("email")),
            name=text(account.get("name")),
            avatar=_picture(account.get("picture")),
            raw_data=account,
        )


def _picture(picture: Any) -> str | None:
    data = picture.get("data") if isinstance(picture, Mapping) else None
    return text(data.get("url")) if isinstance(data, Mapping) else None


register(
    SocialFactory(
        id="facebook-universal",
        target="facebook",
        name="Facebook",
        description="Sign in with a Facebook account.",
        connector=FacebookConnector(),
        config=TrustingClientConfig,
        is_token_storage_supported=True,
        logo="connectors/logos/facebook.svg",
        readme=read_guide(__file__),
        form_items=(CLIENT_ID, CLIENT_SECRET, scope_item(FacebookConnector.default_scope), TRUST_EMAIL),
    )
)
