"""`/enterprise-sso/<id>`: what an identity provider is told of us."""

import pytest
from django.test import Client

from common.actors import SYSTEM
from common.saml.metadata import CONTENT_TYPE
from common.saml.metadata_reading import parse_sp_metadata
from common.saml.names import BINDING_POST
from connectors.enterprise.services.connectors import create_sso_connector, update_sso_connector
from connectors.enterprise.services.signing_keys import create_sso_signing_key
from connectors.models import SsoConnector
from tenants.models import Tenant
from tests.connectors.enterprise.initech import MANUAL, ORIGIN


def test_the_metadata_of_a_connector_is_public_before_it_is_configured(tenant: Tenant, client: Client) -> None:
    row = create_sso_connector(provider_name="AzureAD", connector_name="Initech", actor=SYSTEM)
    response = client.get(f"/enterprise-sso/{row.id}")
    assert (response.status_code, response["Content-Type"]) == (200, CONTENT_TYPE)
    found = parse_sp_metadata(response.content)
    assert found.entity_id == f"{ORIGIN}/enterprise-sso/{row.id}"
    (consumer,) = found.assertion_consumer_services
    assert (consumer.binding, consumer.url) == (BINDING_POST, f"{ORIGIN}/api/authn/single-sign-on/saml/{row.id}")
    assert (found.signs_requests, found.signing_certificates, found.encryption_certificates) == (False, (), ())
    assert found.wants_signed_assertions
    assert not response.cookies


def test_it_shows_keys_and_whether_requests_are_signed(initech: SsoConnector, client: Client) -> None:
    key = create_sso_signing_key(initech, active=True, actor=SYSTEM)
    update_sso_connector(initech, config=MANUAL | {"signAuthnRequest": True}, actor=SYSTEM)
    response = client.get(f"/enterprise-sso/{initech.id}")
    found = parse_sp_metadata(response.content)
    assert (found.signs_requests, found.signing_certificates) == (True, (key.certificate,))
    assert b"PRIVATE" not in response.content


@pytest.mark.parametrize("connector_id", ["unknown", "%00", "a" * 500])
def test_an_unknown_connector_has_none(tenant: Tenant, client: Client, connector_id: str) -> None:
    assert client.get(f"/enterprise-sso/{connector_id}").status_code == 404


def test_neither_has_one_of_another_protocol_or_tenant(
    initech: SsoConnector, client: Client, acme_client: Client
) -> None:
    okta = create_sso_connector(provider_name="Okta", connector_name="Okta", actor=SYSTEM)
    assert client.get(f"/enterprise-sso/{okta.id}").status_code == 404
    assert acme_client.get(f"/enterprise-sso/{initech.id}").status_code == 404
    assert client.get(f"/enterprise-sso/{initech.id}").status_code == 200
    assert client.post(f"/enterprise-sso/{initech.id}").status_code == 405
