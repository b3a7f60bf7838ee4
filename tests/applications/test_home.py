"""Where an application begins: what its redirect URIs agree on."""

from typing import Any

import pytest

from applications.clients import client_of
from applications.models import Application
from applications.redirect_uris import find_home


def home_of(*uris: str, **fields: Any) -> str:
    metadata = {"redirectUris": list(uris), "postLogoutRedirectUris": []}
    return find_home(
        client_of(Application(**{"id": "shop", "type": "SPA", "oidc_client_metadata": metadata, **fields}))
    )


@pytest.mark.parametrize(
    ("uris", "home"),
    [
        (["https://shop.example/callback?x=1"], "https://shop.example/"),
        (["https://shop.example:8443/a", "https://SHOP.example:8443/b"], "https://shop.example:8443/"),
        (["http://localhost:3000/callback", "https://shop.example/callback"], "https://shop.example/"),
        (["http://[::1]:3000/callback"], "http://[::1]:3000/"),
        (["https://shop.example/callback", "https://staging.example/callback"], ""),
        (["https://*.shop.example/callback"], ""),
        (["shop://callback", "com.example.shop:/callback"], ""),
        ([], ""),
    ],
)
def test_the_origin_that_all_share(uris: list[str], home: str) -> None:
    assert home_of(*uris) == home


def test_a_client_that_nobody_has_checked_has_none() -> None:
    registered_itself = Application.RegistrationSource.DCR
    assert home_of("https://shop.example/", registration_source=registered_itself) == ""


def test_a_saml_application_comes_back_to_the_provider() -> None:
    assert home_of("https://shop.example/", type="SAML") == ""
