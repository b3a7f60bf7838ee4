"""Social kinds for tests: `orchard-web`, of which a tenant has one, and `trellis`, a standard."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from common.errors import AppError
from common.rest.fields import Choice, Flag, Text
from connectors import factories
from connectors.factories import FormItem, Platform, SocialFactory
from connectors.kinds.configs import Config
from connectors.provider_sign_in import ProviderSignIn, ProviderUser, SignInRequest, SignInStart, TokenSet

ORCHARD_CONFIG = {"clientId": "orchard-client", "clientSecret": "orchard-secret"}


class OrchardConfig(Config):
    """A client, and options that depend on each other."""

    clientId = Text(min_length=1, max_length=64)
    clientSecret = Text(min_length=1, max_length=64)
    region = Choice(choices=["north", "south"], required=False)
    orchardHost = Text(required=False, max_length=64)
    asksAgain = Flag(required=False)


class OrchardConnector:
    """A provider that signs in whoever the code names: `code=apple` is the account `apple`."""

    def start(self, config: Mapping[str, Any], request: SignInRequest) -> SignInStart:
        query = {"client_id": config["clientId"], "state": request.state, "redirect_uri": request.redirect_uri}
        session = {"state": request.state, "redirectUri": request.redirect_uri, "nonce": "n"}
        return SignInStart(f"https://orchard.example/authorize?{urlencode(query)}", session)

    def finish(
        self, config: Mapping[str, Any], *, data: Mapping[str, Any], session: Mapping[str, Any]
    ) -> ProviderSignIn:
        if data.get("state") != session["state"] or data.get("redirectUri") != session["redirectUri"]:
            raise AppError("connector.social_auth_code_invalid")
        account = str(data["code"])
        user = ProviderUser(
            account, email=f"{account}@orchard.example", name=account.title(), raw_data={"sub": account}
        )
        return ProviderSignIn(
            user, TokenSet("orchard-token", refresh_token="orchard-refresh", expires_at=2_000_000_000)
        )


ORCHARD = SocialFactory(
    id="orchard-web",
    name="Orchard",
    description="Sign in with an Orchard account.",
    config=OrchardConfig,
    connector=OrchardConnector(),
    target="orchard",
    platform=Platform.WEB,
    is_token_storage_supported=True,
    logo="connectors/logos/oidc.svg",
    readme="# Orchard\n\n1. Register `{{callbackUri}}` <script>alert(1)</script>.\n",
    form_items=(
        FormItem("clientId", "Client ID", required=True, placeholder="orchard-client"),
        FormItem("clientSecret", "Client secret", required=True, is_confidential=True),
        FormItem("region", "Region", type="Select", choices=(("north", "The north"), ("south", "The south"))),
        FormItem("orchardHost", "Host in the south", shown_if={"region": "south"}, description="Only there."),
        FormItem("asksAgain", "Ask again", type="Switch"),
    ),
)
TRELLIS = replace(
    ORCHARD,
    id="trellis",
    name="Trellis",
    target="",
    platform=Platform.UNIVERSAL,
    is_standard=True,
    is_token_storage_supported=False,
)


@pytest.fixture
def orchards(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kinds `orchard-web` and `trellis`."""
    for factory in (ORCHARD, TRELLIS):
        monkeypatch.setitem(factories._factories, factory.id, factory)
