"""`/api/sso-connectors` and `/api/sso-connector-providers`: enterprise connectors on the wire."""

from typing import Any

import pytest
from django.test import Client, override_settings

from applications.services.applications import create_application
from common.actors import SYSTEM
from common.errors import AppError
from common.saml.certificates import parse_certificate
from connectors.models import SsoConnector
from connectors.oauth import documents
from tenants.models import Tenant
from tests.connectors.enterprise.initech import MANUAL
from tests.spec.saml.messages import IDP, key_pair

JSON = "application/json"
URL = "/api/sso-connectors"
SAML = {"providerName": "SAML", "connectorName": "Initech"}


def send(api: Client, method: str, url: str, **body: Any) -> Any:
    return getattr(api, method)(url, body, content_type=JSON)


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture
def initech(api: Client) -> str:
    """The address of a SAML connector."""
    response = send(api, "post", URL, **SAML, config=MANUAL, domains=["Initech.example"])
    assert response.status_code == 200, response.content
    return f"{URL}/{response.json()['id']}"


def test_the_providers(api: Client) -> None:
    rows = api.get("/api/sso-connector-providers").json()
    assert {row["providerName"]: row["providerType"] for row in rows} == {
        "OIDC": "oidc",
        "Okta": "oidc",
        "AzureAdOidc": "oidc",
        "GoogleWorkspace": "oidc",
        "SAML": "saml",
        "AzureAD": "saml",
    }
    for row in rows:
        assert set(row) == {"providerName", "providerType", "logo", "logoDark", "description", "name"}
        assert row["logo"].startswith("http://localhost:8000/static/")
        assert all(row.values())


def test_a_connector_is_created_with_its_name_alone(api: Client) -> None:
    response = send(api, "post", URL, **SAML)
    row = response.json()
    assert response.status_code == 200
    assert len(row.pop("id")) == 12
    assert isinstance(row.pop("createdAt"), int)
    assert row == {
        "tenantId": "default",
        "providerName": "SAML",
        "connectorName": "Initech",
        "config": {},
        "domains": [],
        "branding": {},
        "syncProfile": False,
        "enableTokenStorage": False,
    }


def test_a_connector_has_its_provider_and_what_that_publishes(api: Client, initech: str) -> None:
    row = api.get(initech).json()
    assert (row["name"], row["providerType"], row["domains"]) == ("SAML 2.0", "saml", ["initech.example"])
    assert row["providerLogo"] == row["providerLogoDark"]
    provider = row["providerConfig"]
    connector_id = row["id"]
    assert provider["serviceProvider"] == {
        "entityId": f"http://localhost:8000/enterprise-sso/{connector_id}",
        "assertionConsumerServiceUrl": f"http://localhost:8000/api/authn/single-sign-on/saml/{connector_id}",
    }
    assert provider["defaultAttributeMapping"] == {"id": "nameID", "email": "email", "name": "name"}
    assert provider["identityProvider"]["entityId"] == IDP
    assert provider["identityProvider"]["x509Certificate"] == key_pair("idp")[1]
    assert api.get(URL).json() == [row]


def test_an_identity_provider_that_does_not_answer_is_left_out(
    api: Client, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = send(api, "post", URL, providerName="OIDC", connectorName="Initech").json()
    assert "providerConfig" not in api.get(f"{URL}/{row['id']}").json()
    config = {"clientId": "a", "clientSecret": "b", "issuer": "https://id.initech.example"}
    with monkeypatch.context() as patch:
        patch.setattr("connectors.enterprise.openid.protocol.OpenIdProtocol.describe", lambda *_: {"issuer": "x"})
        changed = send(api, "patch", f"{URL}/{row['id']}", config=config)
        assert changed.json()["providerConfig"] == {"issuer": "x"}

    def down(*_arguments: Any, **_options: Any) -> Any:
        raise AppError("connector.timed_out")

    monkeypatch.setattr(documents, "call", down)
    found = api.get(f"{URL}/{row['id']}")
    assert (found.status_code, found.json()["config"]) == (200, config | {"trustUnverifiedEmail": False})
    assert "providerConfig" not in found.json()
    assert len(api.get(URL).json()) == 1


def test_the_list_has_pages_if_they_are_asked_for(api: Client, initech: str) -> None:
    for name in ("Hooli", "Pied Piper"):
        send(api, "post", URL, **SAML | {"connectorName": name})
    everything = api.get(URL)
    assert [row["connectorName"] for row in everything.json()] == ["Pied Piper", "Hooli", "Initech"]
    assert "Total-Number" not in everything.headers
    page = api.get(URL, {"page": 2, "page_size": 2})
    assert ([row["connectorName"] for row in page.json()], page.headers["Total-Number"]) == (["Initech"], "3")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "guard.invalid_input")),
        ({"providerName": "SAML"}, (400, "guard.invalid_input")),
        (SAML | {"connectorName": ""}, (400, "guard.invalid_input")),
        (SAML | {"connectorName": "x" * 129}, (400, "guard.invalid_input")),
        (SAML | {"providerName": "LDAP"}, (404, "connector.not_found")),
        (SAML | {"config": []}, (400, "guard.invalid_input")),
        (SAML | {"config": {"entityId": "x"}}, (400, "connector.invalid_config")),
        (SAML | {"config": {**MANUAL, "signAuthnRequest": True}}, (400, "single_sign_on.active_signing_key_required")),
        (SAML | {"domains": ["gmail.com"]}, (422, "single_sign_on.forbidden_domains")),
        (SAML | {"domains": ["a.example", "A.example"]}, (422, "single_sign_on.duplicated_domains")),
        (SAML | {"domains": ["localhost"]}, (422, "single_sign_on.invalid_domain_format")),
        (SAML | {"domains": "a.example"}, (400, "guard.invalid_input")),
        (SAML | {"branding": {"logo": "javascript:alert(1)"}}, (400, "guard.invalid_input")),
        (SAML | {"branding": {"displayName": "x" * 129}}, (400, "guard.invalid_input")),
        (SAML | {"syncProfile": "true"}, (400, "guard.invalid_input")),
        (SAML | {"enableTokenStorage": True}, (422, "connector.token_storage_not_supported")),
    ],
)
def test_what_is_wrong_is_refused(api: Client, tenant: Tenant, body: dict[str, Any], expected: tuple[int, str]) -> None:
    assert refused(send(api, "post", URL, **body)) == expected
    assert not SsoConnector.objects.exists()


def test_refused_domains_are_named(api: Client) -> None:
    body = send(api, "post", URL, **SAML, domains=["gmail.com", "initech.com", "qq.com"]).json()
    assert body["data"] == [{"domain": "gmail.com"}, {"domain": "qq.com"}]


def test_tokens_need_a_key_of_the_installation(api: Client) -> None:
    body = {"providerName": "Okta", "connectorName": "Okta", "enableTokenStorage": True}
    with override_settings(SECRET_VAULT_KEK=[]):
        assert refused(send(api, "post", URL, **body)) == (422, "request.feature_not_supported")


def test_a_connector_is_changed_and_removed(api: Client, initech: str) -> None:
    changed = send(
        api,
        "patch",
        initech,
        connectorName="Initech Inc.",
        domains=["initech.de"],
        branding={"displayName": "Initech", "logo": "https://cdn.example/logo.png"},
        syncProfile=True,
    )
    row = api.get(initech).json()
    assert changed.json() == row
    assert (row["connectorName"], row["domains"], row["syncProfile"]) == ("Initech Inc.", ["initech.de"], True)
    assert row["branding"] == {"displayName": "Initech", "logo": "https://cdn.example/logo.png"}
    assert send(api, "patch", initech).json() == row
    send(api, "post", URL, **SAML)
    taken = send(api, "patch", initech, connectorName="Initech")
    assert refused(taken) == (409, "single_sign_on.duplicate_connector_name")
    assert api.delete(initech).status_code == 204
    assert refused(api.delete(initech)) == (404, "entity.not_found")
    assert refused(api.get(initech)) == (404, "entity.not_exists_with_id")
    assert refused(send(api, "patch", initech)) == (404, "entity.not_exists_with_id")


def test_signing_keys(api: Client, initech: str) -> None:
    keys = f"{initech}/signing-keys"
    response = send(api, "post", keys, active=True)
    first = response.json()
    assert response.status_code == 201
    assert set(first) == {"id", "certificate", "createdAt", "expiresAt", "active", "fingerprints"}
    digest = parse_certificate(first["certificate"]).fingerprint
    assert first["fingerprints"]["sha256"]["unformatted"] == digest
    assert first["fingerprints"]["sha256"]["formatted"].replace(":", "").lower() == digest
    second = send(api, "post", keys).json()
    assert second["active"] is False
    assert refused(api.delete(f"{keys}/{first['id']}")) == (400, "single_sign_on.can_not_delete_active_signing_key")
    send(api, "patch", initech, config=MANUAL | {"signAuthnRequest": True})
    in_use = send(api, "patch", f"{keys}/{first['id']}", active=False)
    assert refused(in_use) == (400, "single_sign_on.can_not_deactivate_signing_key_in_use")
    assert send(api, "patch", f"{keys}/{second['id']}", active=True).json()["active"] is True
    assert {row["id"]: row["active"] for row in api.get(keys).json()} == {first["id"]: False, second["id"]: True}
    assert api.delete(f"{keys}/{first['id']}").status_code == 204
    assert refused(api.delete(f"{keys}/{first['id']}")) == (404, "entity.not_exists_with_id")
    assert refused(send(api, "patch", f"{keys}/{second['id']}")) == (400, "guard.invalid_input")
    assert refused(api.get(f"{URL}/none/signing-keys")) == (404, "entity.not_exists_with_id")


# --- Sign-ins that begin at the identity provider --------------------------------------------------------------------
def application(kind: str, *redirect_uris: str) -> str:
    metadata = {"redirectUris": list(redirect_uris), "postLogoutRedirectUris": []}
    return create_application(name=kind, type=kind, oidc_client_metadata=metadata, actor=SYSTEM).id


def test_an_application_is_told_of_sign_ins_that_begin_at_the_identity_provider(api: Client, initech: str) -> None:
    url = f"{initech}/idp-initiated-auth-config"
    assert refused(api.get(url)) == (404, "entity.not_found")
    shop = application("SPA", "https://shop.example/callback")
    body = {
        "defaultApplicationId": shop,
        "autoSendAuthorizationRequest": False,
        "clientIdpInitiatedAuthCallbackUri": "https://shop.example/start",
    }
    row = send(api, "put", url, **body).json()
    assert isinstance(row.pop("createdAt"), int)
    assert row == body | {
        "tenantId": "default",
        "connectorId": initech.rpartition("/")[2],
        "redirectUri": None,
        "authParameters": {},
    }
    assert api.delete(url).status_code == 204
    assert refused(api.delete(url)) == (404, "entity.not_found")


def test_a_request_is_sent_for_them(api: Client, initech: str) -> None:
    url = f"{initech}/idp-initiated-auth-config"
    shop = application("Traditional", "https://shop.example/callback", "https://shop.example/other")
    body = {"defaultApplicationId": shop, "autoSendAuthorizationRequest": True}
    row = send(
        api, "put", url, **body, redirectUri="https://shop.example/other", authParameters={"scope": "openid email"}
    ).json()
    assert (row["redirectUri"], row["authParameters"]) == ("https://shop.example/other", {"scope": "openid email"})
    row = send(api, "put", url, **body).json()
    assert (row["redirectUri"], row["authParameters"]) == (None, {})
    assert api.get(url).json() == row


def test_what_cannot_work_is_refused(api: Client, initech: str) -> None:
    url = f"{initech}/idp-initiated-auth-config"
    shop, bare = application("Traditional", "https://shop.example/callback"), application("Traditional")
    spa, native = application("SPA", "https://spa.example/callback"), application("Native", "app.example://callback")
    kind = (400, "single_sign_on.idp_initiated_authentication_invalid_application_type")
    unregistered = (400, "single_sign_on.idp_initiated_authentication_redirect_uri_not_registered")

    def sent(application_id: str, **body: Any) -> tuple[int, str]:
        return refused(
            send(api, "put", url, defaultApplicationId=application_id, autoSendAuthorizationRequest=True, **body)
        )

    assert sent(spa) == sent(native) == kind
    assert sent(bare) == sent(shop, redirectUri="https://evil.example/callback") == unregistered
    assert sent("unknown") == (404, "entity.relation_foreign_key_not_found")
    for parameters in ({"client_id": "x"}, {"prompt": "none"}, {"scope": 5}, {"": "x"}):
        assert sent(shop, authParameters=parameters) == (400, "guard.invalid_input")
    for address in (None, "", "javascript:alert(1)", "shop.example"):
        body = {"defaultApplicationId": shop, "autoSendAuthorizationRequest": False}
        response = send(api, "put", url, **body, clientIdpInitiatedAuthCallbackUri=address)
        assert refused(response) == (400, "guard.invalid_input")


def test_only_users_of_saml_connectors_begin_there(api: Client) -> None:
    okta = send(api, "post", URL, providerName="Okta", connectorName="Okta").json()["id"]
    shop = application("Traditional", "https://shop.example/callback")
    response = send(
        api,
        "put",
        f"{URL}/{okta}/idp-initiated-auth-config",
        defaultApplicationId=shop,
        autoSendAuthorizationRequest=True,
    )
    assert refused(response) == (400, "single_sign_on.idp_initiated_authentication_not_supported")
