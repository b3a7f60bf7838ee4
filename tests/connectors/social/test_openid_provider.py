"""The `oidc` connector against an OpenID provider of somebody else, from the authorization request to the user."""

from collections.abc import Callable
from typing import Any

import pytest

from common.errors import AppError
from connectors.factories import SocialFactory, get_factory
from connectors.oauth.discovery import discover
from connectors.oauth.openid import DiscoveredConnector
from connectors.provider_sign_in import SignInRequest
from tenants.models import Tenant
from tests.counterparts.openid_provider import OpenIdProvider, sign_in_at_provider

pytestmark = pytest.mark.django_db

CALLBACK = "http://localhost:8000/callback/abc"
REQUEST = SignInRequest(state="state-1", redirect_uri=CALLBACK, connector_id="abc", origin="http://localhost:8000")


@pytest.fixture
def factory() -> SocialFactory:
    found = get_factory("oidc")
    assert isinstance(found, SocialFactory)
    return found


def sign_in(url: str, login: str = "dana") -> dict[str, str]:
    return sign_in_at_provider(url, callback=CALLBACK, login=login)


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post", "client_secret_jwt"])
def test_a_user_signs_in_with_each_way_of_authenticating_the_client(
    run_openid_provider: Callable[..., OpenIdProvider], factory: SocialFactory, tenant: Tenant, way: str
) -> None:
    provider = run_openid_provider(
        redirect_uris=[CALLBACK],
        token_endpoint_auth_method=way,
        configuration={"clientAuthMethods": [way], "enabledJWA": {"clientAuthSigningAlgValues": ["HS256"]}},
    )
    config = factory.validated({**provider.oidc_config, "tokenEndpointAuthMethod": way})
    start = factory.connector.start(config, REQUEST)
    data = sign_in(start.url)
    found = factory.connector.finish(config, data=data | {"redirectUri": CALLBACK}, session=start.session)
    assert (found.user.id, found.user.email, found.user.phone) == ("dana", "dana@idp.example", "12025550117")
    assert (found.user.name, found.user.avatar) == ("Dana Delgado", "https://idp.example/dana.png")
    assert found.issuer == provider.issuer
    assert found.tokens is not None
    assert found.tokens.access_token


def test_the_code_is_worth_nothing_to_another_sign_in(
    run_openid_provider: Callable[..., OpenIdProvider], factory: SocialFactory, tenant: Tenant
) -> None:
    """A stolen code, injected into a sign-in of the attacker's own: PKCE has the provider refuse it."""
    provider = run_openid_provider(redirect_uris=[CALLBACK])
    config = factory.validated(provider.oidc_config)
    stolen = sign_in(factory.connector.start(config, REQUEST).url)
    other = factory.connector.start(config, REQUEST)
    with pytest.raises(AppError) as failure:
        factory.connector.finish(config, data=stolen, session=other.session)
    assert failure.value.code == "connector.social_auth_code_invalid"


def test_an_unverified_address_stays_in_the_raw_data(
    run_openid_provider: Callable[..., OpenIdProvider], factory: SocialFactory, tenant: Tenant
) -> None:
    provider = run_openid_provider(redirect_uris=[CALLBACK])
    config = factory.validated(provider.oidc_config)
    start = factory.connector.start(config, REQUEST)
    user = factory.connector.finish(config, data=sign_in(start.url, "erin"), session=start.session).user
    assert user.email is None
    assert user.raw_data["email"] == "erin@idp.example"


class Discovered(DiscoveredConnector):
    """As enterprise connectors have it."""


def test_the_issuer_alone_suffices_and_tokens_are_renewed(
    run_openid_provider: Callable[..., OpenIdProvider], tenant: Tenant
) -> None:
    provider = run_openid_provider(redirect_uris=[CALLBACK], configuration={"conformIdTokenClaims": True})
    config: dict[str, Any] = {
        "issuer": provider.issuer,
        "clientId": provider.client_id,
        "clientSecret": provider.client_secret,
        "scope": "profile email offline_access",
    }
    connector = Discovered()
    assert discover(provider.issuer).announces_issuer
    start = connector.start(config, REQUEST)
    data = sign_in(start.url + "&prompt=consent")
    found = connector.finish(config, data=data, session=start.session)
    # From userinfo: this provider's ID tokens have the subject alone.
    assert (found.user.email, found.issuer) == ("dana@idp.example", provider.issuer)
    assert found.tokens is not None
    assert found.tokens.refresh_token
    renewed = connector.refresh(config, found.tokens.refresh_token)
    assert renewed.access_token != found.tokens.access_token


def test_an_answer_without_the_promised_issuer_is_refused(
    run_openid_provider: Callable[..., OpenIdProvider], tenant: Tenant
) -> None:
    """RFC 9207 section 2.4: a provider that announces `iss` always sends it."""
    provider = run_openid_provider(redirect_uris=[CALLBACK])
    config = {"issuer": provider.issuer, "clientId": provider.client_id, "clientSecret": provider.client_secret}
    start = Discovered().start(config, REQUEST)
    data = sign_in(start.url)
    assert data.pop("iss") == provider.issuer
    with pytest.raises(AppError) as failure:
        Discovered().finish(config, data=data, session=start.session)
    assert (failure.value.code, failure.value.data) == ("connector.authorization_failed", {"error": "invalid_issuer"})
