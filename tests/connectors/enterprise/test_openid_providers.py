"""What Entra and Google say of a user, and whose users they are."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from common.errors import AppError
from connectors.enterprise.openid.protocol import EnterpriseOpenId
from connectors.enterprise.provider import Provider, ProviderType, SsoConnection, get_provider, list_providers
from connectors.enterprise.providers.azure_ad_oidc import EntraOpenId
from connectors.enterprise.providers.google_workspace import GoogleWorkspace
from connectors.oauth.discovery import AuthorizationServer
from connectors.provider_sign_in import ProviderUser, SignInRequest

SERVER = AuthorizationServer(
    authorization_endpoint="https://id.example/auth",
    token_endpoint="https://id.example/token",
    issuer="https://id.example",
    jwks_uri="https://id.example/jwks",
)
REQUEST = SignInRequest(
    "state-1", "https://app.example/callback/c1", "c1", "https://app.example", login_hint="a@b.example"
)
CLIENT = {"clientId": "gatehouse", "clientSecret": "s3cret"}
OWN_TENANT = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"


def connection(name: str, config: dict[str, Any], *domains: str) -> SsoConnection:
    return SsoConnection("c1", "Initech", get_provider(name), config, frozenset(domains), {}, False, False)


def asked(name: str, flow: type[EnterpriseOpenId], config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(flow, "server", lambda *_: SERVER)
    url = connection(name, config).start(REQUEST).url
    return {key: value[0] for key, value in parse_qs(urlsplit(url).query).items()}


def test_there_are_six_providers_each_with_a_guide_and_a_logo() -> None:
    found = {provider.name: provider.type for provider in list_providers()}
    assert found == {
        "AzureAdOidc": ProviderType.OIDC,
        "GoogleWorkspace": ProviderType.OIDC,
        "Okta": ProviderType.OIDC,
        "OIDC": ProviderType.OIDC,
        "AzureAD": ProviderType.SAML,
        "SAML": ProviderType.SAML,
    }


@pytest.mark.parametrize("provider", list_providers(), ids=lambda provider: provider.name)
def test_a_guide_names_the_addresses_to_enter_at_the_identity_provider(provider: Provider) -> None:
    if provider.type == ProviderType.OIDC:
        assert "{{callbackUri}}" in provider.readme
    else:
        assert "{{acsUrl}}" in provider.readme
        assert "{{entityId}}" in provider.readme


@pytest.mark.parametrize("name", ["OIDC", "Okta", "AzureAdOidc"])
def test_a_sign_in_asks_for_the_scopes_of_identity_and_those_of_the_configuration(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = CLIENT | {"issuer": "https://id.example", "scope": "offline_access email"}
    query = asked(name, EnterpriseOpenId, config, monkeypatch)
    assert query["scope"] == "openid profile email offline_access"
    assert (query["login_hint"], query["code_challenge_method"]) == ("a@b.example", "S256")
    assert query["nonce"]


@pytest.mark.parametrize("offline", [True, False])
def test_google_lets_users_choose_their_account(offline: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    query = asked("GoogleWorkspace", GoogleWorkspace, CLIENT | {"offlineAccess": offline}, monkeypatch)
    assert query["prompt"] == "select_account"
    assert query.get("access_type") == ("offline" if offline else None)


# --- Entra -----------------------------------------------------------------------------------------------------------
def entra_user(**changes: Any) -> ProviderUser:
    config = {"issuer": OWN_TENANT, "trustUnverifiedEmail": changes.pop("trusts", False)}
    return EntraOpenId().user(config, {"sub": "s1", "email": "peter@initech.example"} | changes)


def test_an_address_of_entra_is_not_verified() -> None:
    """nOAuth: an administrator of any Entra tenant writes the victim's address into an account of their own."""
    user = entra_user()
    assert user.email is None
    assert user.raw_data["unverifiedEmail"] == "peter@initech.example"


@pytest.mark.parametrize("verified", [True, 1, "1", "true"])
def test_unless_the_tenant_owns_its_domain(verified: Any) -> None:
    user = entra_user(xms_edov=verified)
    assert user.email == "peter@initech.example"
    assert "unverifiedEmail" not in user.raw_data


@pytest.mark.parametrize("unverified", [False, 0, "0", "false", None, [], {}])
def test_nothing_else_says_so(unverified: Any) -> None:
    assert entra_user(xms_edov=unverified).email is None


def test_or_the_developer_trusts_it() -> None:
    assert entra_user(trusts=True).email == "peter@initech.example"


@pytest.mark.parametrize(
    ("issuer", "domains", "email", "is_let_in"),
    [
        (OWN_TENANT, ["initech.example"], None, True),
        ("https://login.microsoftonline.com/common/v2.0", ["initech.example"], "a@initech.example", True),
        ("https://login.microsoftonline.com/common/v2.0", ["initech.example"], "a@hooli.example", False),
        ("https://login.microsoftonline.com/common/v2.0", ["initech.example"], None, False),
        ("https://login.microsoftonline.com/organizations/v2.0/", ["initech.example"], None, False),
        ("https://login.microsoftonline.com/common/v2.0", [], None, True),
    ],
)
def test_the_issuer_of_every_enterprise_signs_in_the_connectors_own_users_alone(
    issuer: str, domains: list[str], email: str | None, is_let_in: bool
) -> None:
    """Otherwise whoever has any Microsoft account would be a member of the organizations that the connector opens."""
    found = connection("AzureAdOidc", CLIENT | {"issuer": issuer}, *domains)
    check(EntraOpenId(), found, ProviderUser("s1", email=email), is_let_in)


# --- Google ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("claims", "email", "domains", "is_let_in"),
    [
        ({"hd": "initech.example"}, "a@initech.example", ["initech.example"], True),
        ({"hd": "initech.example"}, "a@initech.de", ["initech.de"], True),
        ({"hd": "INITECH.example"}, None, ["initech.example"], True),
        ({"hd": "initech.example"}, None, [], True),
        ({"hd": "hooli.example"}, "a@hooli.example", ["initech.example"], False),
        ({}, "a@initech.example", ["initech.example"], False),
        ({}, "a@gmail.com", [], False),
        ({"hd": ""}, "a@initech.example", ["initech.example"], False),
        ({"hd": ["initech.example"]}, "a@initech.example", ["initech.example"], False),
    ],
)
def test_google_signs_in_accounts_of_the_organization_alone(
    claims: dict[str, Any], email: str | None, domains: list[str], is_let_in: bool
) -> None:
    """A private Google account may have an address of the enterprise, verified long ago, and anybody can make one."""
    found = connection("GoogleWorkspace", CLIENT, *domains)
    check(GoogleWorkspace(), found, ProviderUser("g1", email=email, raw_data=claims), is_let_in)


def check(flow: EnterpriseOpenId, found: SsoConnection, user: ProviderUser, is_let_in: bool) -> None:
    if is_let_in:
        flow.check_user(found, user)
        return
    with pytest.raises(AppError) as failure:
        flow.check_user(found, user)
    assert failure.value.code == "connector.authorization_failed"
    assert failure.value.data == {"error": "not_of_the_enterprise"}
