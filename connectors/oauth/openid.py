"""Connectors of OpenID Connect: the authorization code flow with a nonce, an ID token, and userinfo if it is needed."""

from collections.abc import Mapping
from typing import Any

from common.crypto import equal
from common.errors import AppError
from connectors.oauth.calls import get_object
from connectors.oauth.client import Authentication, OAuthClient, TokenAnswer, new_code_verifier
from connectors.oauth.connector import Config, OAuthConnector, RefreshingConnector
from connectors.oauth.discovery import AuthorizationServer, discover
from connectors.oauth.id_tokens import IdTokenRules, verify_id_token
from connectors.oauth.profiles import user_from_claims
from connectors.provider_sign_in import ProviderUser, SignInRequest

# Of the ID token alone.
_PROTOCOL_CLAIMS = frozenset({"iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "at_hash", "c_hash", "tid"})
_VERIFIED_CLAIM = {"email_verified": "email", "phone_number_verified": "phone_number"}


class OpenIdConnector(OAuthConnector):
    """A provider whose ID token says who has signed in."""

    required_scope = "openid"
    default_scope = "profile email"
    # Whether the ID token has less than userinfo, so that this is asked as well.
    uses_userinfo = False
    # A few providers leave it out of the ID token.
    returns_nonce = True

    def rules(self, config: Config, server: AuthorizationServer) -> IdTokenRules:
        """Return what an ID token must be like."""
        return IdTokenRules(client_id=config["clientId"], issuers=[server.issuer], jwks_uri=server.jwks_uri)

    def user(self, config: Config, claims: Mapping[str, Any]) -> ProviderUser:
        """Return the user of the claims."""
        return user_from_claims(claims)

    def new_session(self, request: SignInRequest) -> dict[str, Any]:
        """Keep the nonce as well."""
        return super().new_session(request) | {"nonce": new_code_verifier()}

    def parameters(self, config: Config, request: SignInRequest) -> dict[str, str]:
        """Hint at who is about to sign in."""
        return {"login_hint": request.login_hint}

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        """Return the user of the ID token."""
        server = self.server(config)
        if answer.tokens.id_token is None:
            raise AppError("connector.social_invalid_id_token", data={"reason": "missing"})
        claims = verify_id_token(
            answer.tokens.id_token,
            self.rules(config, server),
            nonce=session.get("nonce", ""),
            requires_nonce=self.returns_nonce,
            access_token=answer.tokens.access_token,
        )
        if self.uses_userinfo and server.userinfo_endpoint:
            found = fetch_userinfo(server.userinfo_endpoint, answer.tokens.access_token, subject=claims["sub"])
            claims = with_userinfo(claims, found)
        return self.user(config, claims)

    def issuer_of(self, user: ProviderUser) -> str:
        """Return the issuer of the ID token."""
        return str(user.raw_data.get("iss", ""))


def fetch_userinfo(endpoint: str, access_token: str, *, subject: str) -> dict[str, Any]:
    """Return the claims of userinfo (Core section 5.3).

    Raises `connector.invalid_response` if they are of another user than the ID token (section 5.3.2), and as
    `get_object` does.
    """
    claims = get_object(endpoint, access_token=access_token)
    found = claims.get("sub")
    if not isinstance(found, str) or not equal(found, subject):
        raise AppError("connector.invalid_response", data={"reason": "sub"})
    return claims


def with_userinfo(claims: Mapping[str, Any], userinfo: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ID token's claims completed by userinfo's.

    What the ID token says of itself stays. That an address is verified is said of the address next to it, and not of
    another one that the other document has.
    """
    kept = {name: value for name, value in claims.items() if _VERIFIED_CLAIM.get(name) not in userinfo}
    added = {
        name: value
        for name, value in userinfo.items()
        if name not in _PROTOCOL_CLAIMS and _VERIFIED_CLAIM.get(name, name) in userinfo
    }
    return kept | added


class DiscoveredConnector(OpenIdConnector, RefreshingConnector):
    """A provider known by its `issuer` alone: everything else is in its metadata (Discovery 1.0)."""

    uses_userinfo = True

    def issuer(self, config: Config) -> str:
        """Return the provider's issuer."""
        return str(config["issuer"])

    def server(self, config: Config) -> AuthorizationServer:
        """Return the endpoints that the issuer publishes."""
        return discover(self.issuer(config))

    def client(self, config: Config) -> OAuthClient:
        """Return who we are, authenticated in a way that the provider takes; Basic is the standard's first."""
        published = self.server(config).token_authentications
        way: Authentication = "client_secret_basic"
        if published and way not in published and "client_secret_post" in published:
            way = "client_secret_post"
        return OAuthClient(
            client_id=config["clientId"],
            client_secret=config.get("clientSecret", ""),
            authentication=way,
            scope=self.scope(config),
        )
