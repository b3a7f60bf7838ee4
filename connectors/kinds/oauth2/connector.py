"""Sign-in with an OAuth 2.0 provider whose endpoints, and the form of whose answers, the developer enters."""

from collections.abc import Mapping
from typing import Any

from connectors.kinds.oauth_configs import trusted_email
from connectors.kinds.oidc.connector import client_of
from connectors.oauth.calls import get_object
from connectors.oauth.client import OAuthClient, TokenAnswer
from connectors.oauth.connector import Config, RefreshingConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import digits, identifier, text
from connectors.provider_sign_in import ProviderUser, SignInRequest


class OAuth2Connector(RefreshingConnector):
    """The user is who the provider's API says the access token belongs to."""

    def server(self, config: Config) -> AuthorizationServer:
        return AuthorizationServer(
            authorization_endpoint=config["authorizationEndpoint"], token_endpoint=config["tokenEndpoint"]
        )

    def client(self, config: Config) -> OAuthClient:
        return client_of(config, self.scope(config))

    def parameters(self, config: Config, request: SignInRequest) -> dict[str, str]:
        return dict(config.get("customConfig", {}))

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        account = get_object(config["userInfoEndpoint"], access_token=answer.tokens.access_token)
        places = config.get("profileMap", {})

        def find(name: str) -> Any:
            return _member(account, places.get(name, name))

        email, phone = find("email"), find("phone")
        return ProviderUser(
            id=identifier(find("id")),
            # Addresses count by the claims of OpenID Connect (Core section 5.1), if the answer has them.
            email=text(email) if account.get("email_verified") is True else trusted_email(config, email),
            phone=digits(phone) if account.get("phone_number_verified") is True else None,
            name=text(find("name")),
            avatar=text(find("avatar")),
            raw_data=account,
        )


def _member(value: Any, path: str) -> Any:
    """The member of this name, or the one that the names between dots lead to."""
    if isinstance(value, Mapping) and path in value:
        return value[path]
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
