"""Providers that say what a test tells them: a social one, `orbit`, and an enterprise's, `Echo`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework import serializers

from common.crypto import seal
from common.errors import AppError
from connectors.enterprise.provider import Provider, ProviderType
from connectors.enterprise.selectors import CONFIG_CONTEXT
from connectors.factories import Platform, SocialFactory
from connectors.models import Connector, SsoConnector
from connectors.provider_sign_in import ProviderSignIn, ProviderUser, SignInRequest, SignInStart, TokenSet
from connectors.selectors import SEAL_CONTEXT

CALLBACK = "http://localhost:8000/callback/x"


class _Config(serializers.Serializer[Any]):
    clientId = serializers.CharField()


@dataclass
class Orbit:
    """A social provider: `code` is the id of who has signed in there."""

    accounts: dict[str, ProviderUser] = field(default_factory=dict)
    tokens: TokenSet | None = None
    calls: int = 0

    def start(self, config: Mapping[str, Any], request: SignInRequest) -> SignInStart:
        return SignInStart(f"https://orbit.example/authorize?state={request.state}", {"nonce": "n"})

    def finish(
        self, config: Mapping[str, Any], *, data: Mapping[str, Any], session: Mapping[str, Any]
    ) -> ProviderSignIn:
        self.calls += 1
        if "credential" in data:
            if data["credential"] not in self.accounts:
                raise AppError("connector.social_invalid_id_token")
            return ProviderSignIn(self.accounts[data["credential"]], self.tokens)
        if session["nonce"] != "n" or data.get("state", session["state"]) != session["state"]:
            raise AppError("connector.authorization_failed")
        if data.get("code") not in self.accounts:
            raise AppError("connector.social_auth_code_invalid")
        return ProviderSignIn(self.accounts[data["code"]], self.tokens)


@dataclass
class Echo:
    """An enterprise's identity provider: `code`, or `SAMLResponse`, is the id of who has signed in there."""

    accounts: dict[str, ProviderUser] = field(default_factory=dict)
    tokens: TokenSet | None = None

    def start(self, connection: Any, request: SignInRequest) -> SignInStart:
        return SignInStart(f"https://echo.example/{connection.id}?RelayState={request.relay_state}", {"request": "r"})

    def finish(self, connection: Any, *, data: Mapping[str, Any], session: Mapping[str, Any]) -> ProviderSignIn:
        who = data.get("code") or data.get("SAMLResponse")
        if who not in self.accounts:
            raise AppError("connector.authorization_failed")
        return ProviderSignIn(self.accounts[str(who)], self.tokens, issuer=connection.config["clientId"])

    def describe(self, config: Mapping[str, Any]) -> dict[str, Any]:
        return {}


def orbit_factory(orbit: Orbit, *, target: str = "orbit") -> SocialFactory:
    """The kind of the social provider."""
    return SocialFactory(
        id=f"{target}-universal",
        name=target.title(),
        description="",
        config=_Config,
        connector=orbit,
        target=target,
        platform=Platform.UNIVERSAL,
        is_token_storage_supported=True,
    )


def echo_provider(echo: Echo) -> Provider:
    """The kind of the enterprise's identity provider."""
    return Provider(
        name="Echo",
        title="Echo ID",
        type=ProviderType.SAML,
        description="",
        protocol=echo,
        config=_Config,
        form_items=(),
        logo="",
        logo_dark="",
        readme="",
    )


def social_connector(target: str = "orbit", **fields: Any) -> Connector:
    """A connector of the social provider, as the services write it."""
    sealed = seal(json.dumps({"clientId": "c"}), context=SEAL_CONTEXT)
    return Connector.objects.create(factory_id=f"{target}-universal", sealed_config=sealed, **fields)


def sso_connector(name: str, domains: list[str], **fields: Any) -> SsoConnector:
    """A connector of the enterprise's identity provider, whose issuer is the name."""
    sealed = seal(json.dumps({"clientId": name}), context=CONFIG_CONTEXT)
    return SsoConnector.objects.create(
        provider_name="Echo", connector_name=name, sealed_config=sealed, domains=domains, **fields
    )
