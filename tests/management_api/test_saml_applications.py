"""`/api/saml-applications`: SAML applications and their certificates."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from common.clock import now
from common.saml.metadata_reading import parse_idp_metadata
from common.saml.names import BINDING_POST, BINDING_REDIRECT, NAME_ID_EMAIL, NAME_ID_PERSISTENT
from saml.models import SamlApplicationConfig, SamlApplicationSecret
from tests.spec.saml.messages import key_pair

pytestmark = pytest.mark.django_db

PATH = "/api/saml-applications"
ACS = {"binding": BINDING_POST, "url": "https://sp.example/acs"}


def send(api: Client, method: str, path: str, body: Any = None) -> Any:
    return getattr(api, method)(path, body, content_type="application/json")


def create(api: Client, **members: Any) -> dict[str, Any]:
    answer = send(api, "post", PATH, {"name": "Wiki", **members})
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def secrets_of(api: Client, id: str) -> list[dict[str, Any]]:
    return list(api.get(f"{PATH}/{id}/secrets").json())


def test_create(api: Client) -> None:
    row = create(api)
    assert row.pop("createdAt") > 0
    assert len(row.pop("id")) == 21
    assert row == {
        "tenantId": "default",
        "name": "Wiki",
        "description": None,
        "type": "SAML",
        "customData": {},
        "isThirdParty": False,
        "appLevelAccessControlEnabled": False,
        "attributeMapping": {},
        "entityId": None,
        "acsUrl": None,
        "encryption": None,
        "nameIdFormat": NAME_ID_PERSISTENT,
        "signingCertificate": None,
        "sloUrl": None,
    }


def test_create_with_everything(api: Client) -> None:
    certificate = key_pair("sp")[1]
    members = {
        "description": "Pages",
        "customData": {"a": 1},
        "attributeMapping": {"email": "mail", "sub": "uid"},
        "entityId": "https://sp.example",
        "acsUrl": ACS,
        "encryption": {"encryptAssertion": True, "encryptThenSign": False, "certificate": certificate},
        "nameIdFormat": NAME_ID_EMAIL,
        "signingCertificate": certificate,
        "sloUrl": {"binding": BINDING_REDIRECT, "url": "https://sp.example/slo"},
    }
    row = create(api, **members)
    assert {name: row[name] for name in members} == members
    assert api.get(f"{PATH}/{row['id']}").json() == row


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"name": ""}, (400, "guard.invalid_input")),
        ({"nameIdFormat": "other"}, (400, "guard.invalid_input")),
        ({"entityId": "x" * 129}, (400, "guard.invalid_input")),
        ({"attributeMapping": {"email": 1}}, (400, "guard.invalid_input")),
        ({"attributeMapping": {"email": "x" * 300}}, (400, "guard.invalid_input")),
        ({"acsUrl": {"url": "https://sp.example"}}, (400, "guard.invalid_input")),
        ({"acsUrl": {**ACS, "binding": BINDING_REDIRECT}}, (422, "application.saml.acs_url_binding_not_supported")),
        ({"acsUrl": {**ACS, "url": "javascript:alert(1)"}}, (400, "application.saml.acs_url_scheme_not_supported")),
        ({"acsUrl": {**ACS, "url": "https://["}}, (400, "application.saml.acs_url_scheme_not_supported")),
        ({"encryption": {"encryptAssertion": True}}, (400, "application.saml.certificate_required")),
        ({"encryption": {"certificate": "x"}}, (400, "application.saml.invalid_certificate_pem_format")),
        ({"signingCertificate": "x"}, (400, "application.saml.invalid_certificate_pem_format")),
    ],
)
def test_what_is_refused(api: Client, members: dict[str, Any], expected: tuple[int, str]) -> None:
    assert code(send(api, "post", PATH, {"name": "Wiki", **members})) == expected
    assert not SamlApplicationConfig.objects.exists()
    id = create(api)["id"]
    assert code(send(api, "patch", f"{PATH}/{id}", members)) == expected


def test_update(api: Client) -> None:
    row = create(api, acsUrl=ACS, entityId="a", attributeMapping={"email": "mail"})
    path = f"{PATH}/{row['id']}"
    changes = {
        "name": "Pages",
        "appLevelAccessControlEnabled": True,
        "attributeMapping": {"name": "cn"},
        "entityId": None,
    }
    assert send(api, "patch", path, changes).json() == {**row, **changes}
    assert api.get(path).json() == {**row, **changes}
    assert send(api, "patch", path, {}).json() == {**row, **changes}


def test_delete(api: Client) -> None:
    id = create(api)["id"]
    assert api.delete(f"{PATH}/{id}").status_code == 204
    assert code(api.get(f"{PATH}/{id}")) == (404, "entity.not_exists_with_id")
    assert not SamlApplicationSecret.objects.exists()


def test_other_applications_are_not_saml_applications(api: Client) -> None:
    id = send(api, "post", "/api/applications", {"name": "Web", "type": "Traditional"}).json()["id"]
    for method in ("get", "delete"):
        assert code(getattr(api, method)(f"{PATH}/{id}")) == (422, "application.saml.saml_application_only")


def test_saml_applications_among_applications(api: Client) -> None:
    id = create(api)["id"]
    found = api.get("/api/applications?types=SAML").json()
    assert [(row["id"], row["oidcClientMetadata"]) for row in found] == [
        (id, {"redirectUris": [], "postLogoutRedirectUris": []})
    ]
    assert api.get(f"/api/applications/{id}").json()["type"] == "SAML"
    refused = (400, "application.saml.use_saml_app_api")
    assert code(send(api, "patch", f"/api/applications/{id}", {"name": "x"})) == refused
    assert code(api.delete(f"/api/applications/{id}")) == refused
    assert code(send(api, "post", "/api/applications", {"name": "x", "type": "SAML"})) == refused
    assert code(send(api, "post", f"/api/applications/{id}/secrets", {"name": "x"})) == refused


def test_the_first_certificate(api: Client) -> None:
    id = create(api)["id"]
    [secret] = secrets_of(api, id)
    assert set(secret) == {"id", "certificate", "createdAt", "expiresAt", "active", "fingerprints"}
    assert secret["active"] is True
    assert secret["expiresAt"] - secret["createdAt"] == 3 * 365 * 86_400_000
    sha256 = secret["fingerprints"]["sha256"]
    assert sha256["formatted"].replace(":", "").lower() == sha256["unformatted"]
    assert "PRIVATE" not in str(secret)


def test_certificates_are_rotated(api: Client) -> None:
    id = create(api)["id"]
    [first] = secrets_of(api, id)
    path = f"{PATH}/{id}/secrets"
    second = send(api, "post", path, {"lifeSpanInYears": 1})
    assert (second.status_code, second.json()["active"]) == (201, False)
    second_path, first_path = f"{path}/{second.json()['id']}", f"{path}/{first['id']}"

    def published() -> list[str]:
        return list(parse_idp_metadata(api.get(f"{PATH}/{id}/metadata").content).certificates)

    assert published() == [first["certificate"], second.json()["certificate"]]
    assert code(api.delete(first_path)) == (400, "application.saml.can_not_delete_active_secret")
    assert send(api, "patch", second_path, {"active": True}).json()["active"] is True
    assert [(secret["id"], secret["active"]) for secret in secrets_of(api, id)] == [
        (second.json()["id"], True),
        (first["id"], False),
    ]
    assert published() == [second.json()["certificate"], first["certificate"]]
    assert api.delete(first_path).status_code == 204
    assert published() == [second.json()["certificate"]]
    assert send(api, "patch", second_path, {"active": False}).json()["active"] is False


def test_an_expired_certificate_is_of_no_use(api: Client) -> None:
    id = create(api)["id"]
    [first] = secrets_of(api, id)
    send(api, "patch", f"{PATH}/{id}/secrets/{first['id']}", {"active": False})
    with time_machine.travel(now() + timedelta(days=4 * 365)):
        public = Client(HTTP_HOST="localhost:8000")
        assert code(public.get(f"{PATH}/{id}/metadata")) == (404, "application.saml.no_active_secret")


@pytest.mark.parametrize("body", [{}, {"lifeSpanInYears": 0}, {"lifeSpanInYears": 101}, {"lifeSpanInYears": "1"}])
def test_life_spans_are_bounded(api: Client, body: dict[str, Any]) -> None:
    id = create(api)["id"]
    assert code(send(api, "post", f"{PATH}/{id}/secrets", body)) == (400, "guard.invalid_input")


def test_certificates_of_others(api: Client) -> None:
    mine, other = create(api)["id"], create(api)["id"]
    [secret] = secrets_of(api, other)
    path = f"{PATH}/{mine}/secrets/{secret['id']}"
    assert code(send(api, "patch", path, {"active": False})) == (404, "entity.not_found")
    assert code(api.delete(path)) == (404, "entity.not_found")


def test_the_metadata_is_public(api: Client, client: Client) -> None:
    id = create(api)["id"]
    answer = client.get(f"{PATH}/{id}/metadata")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    metadata = parse_idp_metadata(answer.content)
    origin = "http://localhost:8000"
    assert metadata.entity_id == f"{origin}/saml/{id}"
    assert metadata.sso_redirect_url == metadata.sso_post_url == f"{origin}/api/saml/{id}/authn"
    assert metadata.name_id_formats == (NAME_ID_PERSISTENT,)
    assert metadata.wants_signed_requests is False
