"""Enterprise connectors next to identity providers that are not ours: npm oidc-provider and npm samlp, over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from common.actors import SYSTEM
from common.errors import AppError
from connectors.enterprise.selectors import config_of
from connectors.enterprise.services.connectors import create_sso_connector, update_sso_connector
from connectors.enterprise.services.signing_keys import create_sso_signing_key
from connectors.models import SsoConnector
from connectors.provider_sign_in import ProviderSignIn, RefreshesTokens
from tenants.models import Tenant
from tests.connectors.enterprise.initech import ORIGIN, connection_of, create_saml_connector, request_for
from tests.counterparts.openid_provider import OpenIdProvider, sign_in_at_provider
from tests.counterparts.saml_provider import SamlProvider, sign_in_at_saml_provider

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CALLBACK = f"{ORIGIN}/callback/sso"


# --- OpenID Connect --------------------------------------------------------------------------------------------------
def openid_connector(provider: OpenIdProvider, name: str = "OIDC", **config: Any) -> SsoConnector:
    client = {"clientId": provider.client_id, "clientSecret": provider.client_secret, "issuer": provider.issuer}
    return create_sso_connector(provider_name=name, connector_name="Initech", config=client | config, actor=SYSTEM)


def sign_in(connector: SsoConnector, login: str) -> ProviderSignIn:
    connection = connection_of(connector)
    begun = connection.start(request_for(connector, redirect_uri=CALLBACK))
    data = sign_in_at_provider(begun.url, callback=CALLBACK, login=login)
    return connection.finish(data=data | {"redirectUri": CALLBACK}, session=begun.session)


@pytest.mark.parametrize("name", ["OIDC", "Okta"])
def test_a_user_signs_in_at_an_openid_provider(
    run_openid_provider: Callable[..., OpenIdProvider], tenant: Tenant, name: str
) -> None:
    provider = run_openid_provider(redirect_uris=[CALLBACK])
    found = sign_in(openid_connector(provider, name), "dana")
    assert (found.user.id, found.user.email, found.user.name) == ("dana", "dana@idp.example", "Dana Delgado")
    assert found.issuer == provider.issuer
    assert found.tokens is not None


@pytest.mark.parametrize("trusts", [True, False])
def test_an_unverified_address_counts_if_the_developer_trusts_it(
    run_openid_provider: Callable[..., OpenIdProvider], tenant: Tenant, trusts: bool
) -> None:
    provider = run_openid_provider(redirect_uris=[CALLBACK])
    found = sign_in(openid_connector(provider, trustUnverifiedEmail=trusts), "erin")
    assert found.user.email == ("erin@idp.example" if trusts else None)


def test_a_refresh_token_is_the_providers_to_accept(
    run_openid_provider: Callable[..., OpenIdProvider], tenant: Tenant
) -> None:
    connection = connection_of(openid_connector(run_openid_provider(redirect_uris=[CALLBACK])))
    protocol = connection.provider.protocol
    assert isinstance(protocol, RefreshesTokens)
    with pytest.raises(AppError) as failure:
        protocol.refresh(connection.config, "made up")
    assert failure.value.code == "connector.social_auth_code_invalid"


def test_a_code_is_taken_once(run_openid_provider: Callable[..., OpenIdProvider], tenant: Tenant) -> None:
    provider = run_openid_provider(redirect_uris=[CALLBACK])
    connection = connection_of(row := openid_connector(provider))
    begun = connection.start(request_for(row, redirect_uri=CALLBACK))
    data = sign_in_at_provider(begun.url, callback=CALLBACK, login="dana")
    connection.finish(data=data, session=begun.session)
    with pytest.raises(AppError) as failure:
        connection.finish(data=data, session=begun.session)
    assert failure.value.code == "connector.social_auth_code_invalid"


def test_an_openid_provider_says_what_it_has(
    run_openid_provider: Callable[..., OpenIdProvider], tenant: Tenant
) -> None:
    provider = run_openid_provider(redirect_uris=[CALLBACK])
    row = openid_connector(provider)
    found = connection_of(row).provider.protocol.describe(config_of(row))
    assert found["issuer"] == provider.issuer
    assert found["tokenEndpoint"] == f"{provider.issuer}/token"


# --- SAML ------------------------------------------------------------------------------------------------------------
def sign_in_by_saml(connector: SsoConnector, **changes: Any) -> ProviderSignIn:
    connection = connection_of(connector)
    begun = connection.start(request_for(connector))
    posted = sign_in_at_saml_provider(begun.url, **changes)
    assert posted.action == f"{ORIGIN}/api/authn/single-sign-on/saml/{connector.id}"
    assert posted.fields["RelayState"] == "relay-1"
    return connection.finish(data={"SAMLResponse": posted.response}, session=begun.session)


@pytest.mark.parametrize(
    "signs", [{"signResponse": False}, {"signResponse": True}, {"signResponse": True, "signAssertion": False}]
)
def test_a_user_signs_in_at_a_saml_provider(
    run_saml_provider: Callable[..., SamlProvider], tenant: Tenant, signs: dict[str, bool]
) -> None:
    provider = run_saml_provider(**signs)
    found = sign_in_by_saml(create_saml_connector(config={"metadataUrl": provider.metadata_url}))
    assert (found.user.id, found.user.email, found.user.name) == ("dana", "dana@idp.example", "Dana Delgado")
    assert found.issuer == provider.entity_id
    assert found.user.raw_data["groups"] == ["staff", "ops"]


def test_assertions_that_it_encrypts_are_opened(run_saml_provider: Callable[..., SamlProvider], tenant: Tenant) -> None:
    row = create_sso_connector(provider_name="SAML", connector_name="Initech", actor=SYSTEM)
    key = create_sso_signing_key(row, active=True, actor=SYSTEM)
    provider = run_saml_provider(encryptionCert=key.certificate, encryptionPublicKey=_public_key(key.certificate))
    update_sso_connector(row, config={"metadataUrl": provider.metadata_url, "signAuthnRequest": True}, actor=SYSTEM)
    create_sso_signing_key(row, active=True, actor=SYSTEM)
    assert sign_in_by_saml(row).user.email == "dana@idp.example"


def test_who_signs_with_another_key_than_the_metadata_says_signs_nobody_in(
    run_saml_provider: Callable[..., SamlProvider], tenant: Tenant
) -> None:
    provider, impostor = run_saml_provider(), run_saml_provider(signer="mallory")
    row = create_saml_connector(
        config={
            "entityId": impostor.entity_id,
            "signInEndpoint": f"{impostor.origin}/sso",
            "x509Certificate": provider.certificate,
        }
    )
    with pytest.raises(AppError) as failure:
        sign_in_by_saml(row)
    assert failure.value.data == {"error": "signature"}


def _public_key(certificate: str) -> str:
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
