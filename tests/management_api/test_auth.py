"""Who gets in, and the answers that belong to no area."""

import time
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from applications.services.applications import create_application, delete_application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user
from organizations.models import Organization
from organizations.services.members import add_members
from tenants.context import enter_tenant
from tenants.developers import organization_id_of
from tests.management_api.conftest import access_token, api_client

pytestmark = pytest.mark.django_db


def bearer(token: str) -> Client:
    return Client(HTTP_HOST="localhost:8000", headers={"authorization": f"Bearer {token}"})


def test_a_token_with_the_scope_all_gets_in(api: Client) -> None:
    assert api.get("/api/roles").status_code == 200


def test_no_header(backend: Application, client: Client) -> None:
    response = client.get("/api/roles")
    assert (response.status_code, response.json()["code"]) == (401, "auth.authorization_header_missing")
    assert response["WWW-Authenticate"].startswith("Bearer resource_metadata=")


def test_another_scheme(backend: Application) -> None:
    response = Client(headers={"authorization": "Basic abc"}).get("/api/roles")
    assert (response.status_code, response.json()["code"]) == (401, "auth.authorization_token_type_not_supported")
    assert response.json()["data"] == {"supportedTypes": ["Bearer"]}


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a" * 5000])
def test_rubbish(backend: Application, token: str) -> None:
    response = bearer(token).get("/api/roles")
    assert (response.status_code, response.json()["code"]) == (401, "auth.unauthorized")


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"aud": "https://orders.example.com"},
        {"aud": "https://acme.logto.app/api"},
        {"iss": "http://acme.localhost:8000/oidc"},
        {"iss": "https://evil.example/oidc"},
        {"client_id": "nobody"},
    ],
)
def test_claims_that_are_not_for_us(backend: Application, claims: dict[str, Any]) -> None:
    response = api_client(backend, **claims).get("/api/roles")
    assert (response.status_code, response.json()["code"]) == (401, "auth.unauthorized")


def test_nobody(backend: Application) -> None:
    response = api_client(backend, sub=None).get("/api/roles")
    assert (response.status_code, response.json()["code"]) == (401, "auth.jwt_sub_missing")


@pytest.mark.parametrize("scope", [None, "", "al", "everything all:roles"])
def test_without_the_scope(backend: Application, scope: str | None) -> None:
    response = api_client(backend, scope=scope).get("/api/roles")
    assert (response.status_code, response.json()["code"]) == (403, "auth.forbidden")


def test_another_tenants_key_signs_nothing_here(backend: Application, acme_api: Client) -> None:
    with enter_tenant("acme"):
        mallorys = Application.objects.get(name="Backend")
    token = access_token(
        mallorys.id, tenant_id="acme", iss="http://localhost:8000/oidc", aud="https://default.logto.app/api"
    )
    assert bearer(token).get("/api/roles").status_code == 401


def test_a_developer_comes_with_a_token_of_the_admin_tenant(backend: Application) -> None:
    with enter_tenant("admin"):
        console = create_application(name="Console", type="SPA", actor=SYSTEM)
        carol = create_user(username="carol", actor=SYSTEM)
        organization, _ = Organization.objects.get_or_create(
            id=organization_id_of("default"), defaults={"name": "Default"}
        )
        add_members(organization, user_ids=[carol.id], actor=SYSTEM)
    address = "http://localhost:8000"
    claims = {"tenant_id": "admin", "client_id": console.id, "aud": "https://default.logto.app/api"}
    developer = bearer(access_token(carol.id, **claims))
    assert developer.get("/api/roles").status_code == 200
    forged = bearer(access_token(carol.id, **claims, iss=f"{address}/oidc"))
    assert forged.get("/api/roles").status_code == 401
    # A developer is nobody's user here, whatever the id.
    assert developer.delete(f"/api/users/{carol.id}").json()["code"] == "entity.not_found"


def test_users_cannot_delete_themselves(backend: Application, alice: User) -> None:
    client = bearer(access_token(alice.id, client_id=backend.id))
    response = client.delete(f"/api/users/{alice.id}")
    assert (response.status_code, response.json()["code"]) == (400, "user.cannot_delete_self")


def test_a_deleted_applications_token_is_worth_nothing(backend: Application, api: Client) -> None:
    delete_application(backend, actor=SYSTEM)
    assert api.get("/api/roles").status_code == 401


def test_unknown_address(api: Client) -> None:
    response = api.get("/api/nothing/here")
    assert (response.status_code, response.json()["code"]) == (404, "request.not_found")


def test_wrong_method(api: Client) -> None:
    response = api.put("/api/roles")
    assert (response.status_code, response.json()["code"]) == (405, "request.method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_status_is_open(backend: Application, client: Client) -> None:
    response = client.get("/api/status")
    assert (response.status_code, response.content) == (204, b"")


def test_an_answer_that_has_not_changed_is_not_sent_again(api: Client) -> None:
    first = api.get("/api/resources")
    again = api.get("/api/resources", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    api.post("/api/resources", {"name": "x", "indicator": "https://x.example"}, content_type="application/json")
    assert api.get("/api/resources", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_malformed_json(api: Client) -> None:
    response = api.post("/api/roles", "{", content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, "guard.invalid_input")


def test_hostile_nesting(api: Client) -> None:
    response = api.post("/api/roles", "[" * 200_000, content_type="application/json")
    assert response.status_code == 400


def test_what_is_not_json_is_no_body(api: Client) -> None:
    response = api.post("/api/users", "username=alice", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert response.json()["username"] is None


def test_messages_speak_the_callers_language_and_json_whatever_they_accept(api: Client) -> None:
    response = api.get("/api/roles/none", headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["code"] == "entity.not_exists_with_id"


def test_characters_that_no_column_holds(api: Client) -> None:
    assert api.get("/api/roles/%00").status_code in (400, 404)
    assert api.get("/api/users?search=%00").status_code == 400
    body = '{"name": "x", "type": "SPA", "customData": {"a": "\\u0000"}}'
    assert api.post("/api/applications", body, content_type="application/json").status_code == 400
    body = '{"name": "\\ud800", "description": "x"}'
    assert api.post("/api/roles", body, content_type="application/json").status_code == 400


def test_a_flood_of_parameters(api: Client) -> None:
    query = "&".join(f"p{number}=1" for number in range(1_500))
    response = api.get(f"/api/roles?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "request.invalid_input")
