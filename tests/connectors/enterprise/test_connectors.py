"""Setting up, changing and removing enterprise connectors."""

import json
from typing import Any

import pytest
from django.test import override_settings

from common.actors import SYSTEM
from common.errors import AppError
from common.http import Response
from connectors.enterprise.selectors import config_of, find_sso_connection, list_connections_of_domain
from connectors.enterprise.services.connectors import (
    create_sso_connector,
    delete_sso_connector,
    update_sso_connector,
)
from connectors.enterprise.services.signing_keys import create_sso_signing_key
from connectors.models import SsoConnector, SsoSigningKey
from connectors.oauth import documents
from events.history import Event
from events.models import AuditLog
from identity.models import SsoIdentity, User
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.connectors.enterprise.initech import MANUAL, create_saml_connector

OIDC = {"clientId": "gatehouse", "clientSecret": "s3cret", "issuer": "https://id.initech.example"}


def refusal(call: Any, *arguments: Any, **options: Any) -> AppError:
    with pytest.raises(AppError) as failure:
        call(*arguments, actor=SYSTEM, **options)
    return failure.value


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the identity providers of OpenID Connect publish; only Initech's is there."""
    found = {
        "issuer": OIDC["issuer"],
        "authorization_endpoint": f"{OIDC['issuer']}/auth",
        "token_endpoint": f"{OIDC['issuer']}/token",
        "jwks_uri": f"{OIDC['issuer']}/jwks",
    }

    def call(_method: str, url: str, **_options: Any) -> Any:
        if not url.startswith(OIDC["issuer"]):
            raise AppError("connector.general", data={"reason": "cannot resolve"})
        return Response(200, {}, json.dumps(found).encode())

    monkeypatch.setattr(documents, "call", call)
    return found


def test_a_connector_without_configuration_is_set_up_later(tenant: Tenant, recorded: list[Event]) -> None:
    row = create_sso_connector(provider_name="Okta", connector_name="Initech", actor=SYSTEM)
    assert config_of(row) == {}
    assert find_sso_connection(row.id) is None
    assert [(event.name, event.subject and event.subject.name) for event in recorded] == [
        ("SsoConnector.Created", "Initech")
    ]


def test_a_configured_connector_is_found_by_its_domains(tenant: Tenant) -> None:
    row = create_saml_connector(domains=["Initech.example"], sync_profile=True)
    (found,) = list_connections_of_domain("initech.example")
    assert (found.id, found.syncs_profile, found.config["entityId"]) == (row.id, True, MANUAL["entityId"])


def test_an_unknown_provider_is_refused(tenant: Tenant) -> None:
    error = refusal(create_sso_connector, provider_name="LDAP", connector_name="Initech")
    assert (error.code, error.status) == ("connector.not_found", 404)


def test_names_are_unique_in_a_tenant(initech: SsoConnector) -> None:
    error = refusal(create_sso_connector, provider_name="Okta", connector_name="Initech")
    assert (error.code, error.status) == ("single_sign_on.duplicate_connector_name", 409)
    other = create_saml_connector("Hooli")
    error = refusal(update_sso_connector, other, connector_name="Initech")
    assert error.code == "single_sign_on.duplicate_connector_name"
    with enter_tenant("acme"):
        assert create_saml_connector("Initech").connector_name == "Initech"


def test_the_identity_provider_is_asked_before_anything_is_written(
    tenant: Tenant, published: dict[str, Any], recorded: list[Event]
) -> None:
    row = create_sso_connector(provider_name="OIDC", connector_name="Initech", config=OIDC, actor=SYSTEM)
    elsewhere = OIDC | {"issuer": "https://nobody.example"}
    error = refusal(create_sso_connector, provider_name="OIDC", connector_name="Nobody", config=elsewhere)
    assert (error.code, error.data["code"]) == ("connector.invalid_config", "connector.general")
    error = refusal(update_sso_connector, row, config=elsewhere, connector_name="Renamed")
    assert error.code == "connector.invalid_config"
    row.refresh_from_db()
    assert (row.connector_name, config_of(row)["issuer"]) == ("Initech", OIDC["issuer"])
    assert [event.name for event in recorded] == ["SsoConnector.Created"]


def test_metadata_of_another_issuer_is_refused(tenant: Tenant, published: dict[str, Any]) -> None:
    """Otherwise one enterprise could pass for another by a copy of its metadata."""
    published["issuer"] = "https://id.hooli.example"
    error = refusal(create_sso_connector, provider_name="OIDC", connector_name="Initech", config=OIDC)
    assert error.data == {"code": "connector.invalid_response", "reason": "issuer"}


@pytest.mark.parametrize(
    ("provider", "config"),
    [
        ("OIDC", {"clientId": "a", "clientSecret": "b"}),
        ("OIDC", {**OIDC, "issuer": "javascript:alert(1)"}),
        ("OIDC", {**OIDC, "issuer": "https://user:secret@id.example"}),
        ("OIDC", {**OIDC, "clientId": ""}),
        ("OIDC", {**OIDC, "trustUnverifiedEmail": "true"}),
        ("OIDC", {**OIDC, "unknown": "key"}),
        ("GoogleWorkspace", OIDC),
        ("SAML", {"signAuthnRequest": False}),
        ("SAML", {**MANUAL, "metadataUrl": "https://id.example/metadata"}),
        ("SAML", {"entityId": "a", "signInEndpoint": "https://id.example/sso"}),
        ("SAML", {**MANUAL, "x509Certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}),
        ("SAML", {**MANUAL, "signInEndpoint": "sso"}),
        ("SAML", {**MANUAL, "requestSignatureAlgorithm": "rsa-sha1"}),
        ("SAML", {**MANUAL, "attributeMapping": {"email": ""}}),
        ("SAML", {"metadata": "<EntityDescriptor/>"}),
        ("SAML", {"metadata": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'}),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(tenant: Tenant, provider: str, config: dict[str, Any]) -> None:
    error = refusal(create_sso_connector, provider_name=provider, connector_name="Initech", config=config)
    assert (error.code, error.status) == ("connector.invalid_config", 400)
    assert not SsoConnector.objects.exists()


def test_what_is_given_is_replaced_and_said(initech: SsoConnector, recorded: list[Event]) -> None:
    update_sso_connector(initech, domains=["initech.example", "initech.de"], sync_profile=True, actor=SYSTEM)
    update_sso_connector(initech, domains=["initech.example", "initech.de"], config=MANUAL, actor=SYSTEM)
    update_sso_connector(initech, branding={"displayName": "Initech"}, actor=SYSTEM)
    assert [(event.before, event.after) for event in recorded] == [
        (
            {"domains": ["initech.example"], "sync_profile": False},
            {"domains": ["initech.example", "initech.de"], "sync_profile": True},
        ),
        ({"branding": {}}, {"branding": {"displayName": "Initech"}}),
    ]
    initech.refresh_from_db()
    assert initech.branding == {"displayName": "Initech"}


def test_no_secret_is_in_the_history(tenant: Tenant, published: dict[str, Any]) -> None:
    row = create_sso_connector(provider_name="OIDC", connector_name="Initech", config=OIDC, actor=SYSTEM)
    update_sso_connector(row, config=OIDC | {"clientSecret": "another-s3cret"}, actor=SYSTEM)
    entries = list(AuditLog.objects.filter(payload__subject__id=row.id).order_by("created_at", "id"))
    assert [entry.key for entry in entries] == ["SsoConnector.Created", "SsoConnector.Data.Updated"]
    assert "s3cret" not in "".join(str(entry.payload) for entry in entries)
    assert entries[1].payload["changed"] == ["config"]


def test_tokens_are_stored_for_openid_connect_and_with_a_key_alone(
    tenant: Tenant, published: dict[str, Any], initech: SsoConnector
) -> None:
    row = create_sso_connector(provider_name="OIDC", connector_name="Tokens", config=OIDC, actor=SYSTEM)
    with override_settings(SECRET_VAULT_KEK=[]):
        error = refusal(update_sso_connector, row, enable_token_storage=True)
        assert (error.code, error.status) == ("request.feature_not_supported", 422)
    with override_settings(SECRET_VAULT_KEK=["a key"]):
        assert update_sso_connector(row, enable_token_storage=True, actor=SYSTEM).enable_token_storage
        error = refusal(update_sso_connector, initech, enable_token_storage=True)
        assert (error.code, error.status) == ("connector.token_storage_not_supported", 422)
    with override_settings(SECRET_VAULT_KEK=[]):
        assert update_sso_connector(row, enable_token_storage=True, connector_name="On", actor=SYSTEM).connector_name


def test_a_removed_connector_takes_links_and_keys_along(
    initech: SsoConnector, alice: User, recorded: list[Event]
) -> None:
    create_sso_signing_key(initech, actor=SYSTEM)
    SsoIdentity.objects.create(user=alice, connector=initech, issuer="idp", identity_id="alice")
    recorded.clear()
    delete_sso_connector(initech, actor=SYSTEM)
    assert not SsoSigningKey.objects.exists()
    assert not SsoIdentity.objects.exists()
    assert list_connections_of_domain("initech.example") == []
    assert [event.name for event in recorded] == ["SsoConnector.Deleted"]
