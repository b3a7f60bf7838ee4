"""`/api/configs/cimd`, `/api/configs/dynamic-client-registration`, `/api/cimd/…`, `/api/initial-access-tokens`."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access.models import Resource, Scope
from access.services.resources import create_resource
from access.services.scopes import create_scope
from applications.cimd.stand_in import ensure_stand_in
from applications.models import Application, ApplicationUserScope
from applications.registration.client_registration import change_registration_settings
from applications.registration.initial_access_tokens import is_initial_access_token
from common.actors import SYSTEM
from common.clock import now, to_milliseconds
from events.models import AuditLog
from tenants.context import enter_tenant
from tenants.models import Tenant

JSON = "application/json"
CIMD = "/api/configs/cimd"
REGISTRATION = "/api/configs/dynamic-client-registration"
CEILING = "/api/cimd/user-consent-scopes"
TOKENS = "/api/initial-access-tokens"
EMPTY: dict[str, Any] = {
    "organizationScopes": [],
    "resourceScopes": [],
    "organizationResourceScopes": [],
    "userScopes": [],
}


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


class TestCimd:
    def test_is_off_at_first(self, api: Client) -> None:
        assert api.get(CIMD).json() == {"enabled": False}

    @pytest.mark.parametrize("is_private", [True, False])
    def test_is_switched(self, api: Client, settings: Any, is_private: bool) -> None:
        """A developer's machine, which may call private addresses, was answered 422 without a reason."""
        settings.ALLOW_PRIVATE_ADDRESSES = is_private
        for is_on in (True, False):
            answer = api.patch(CIMD, {"enabled": is_on}, content_type=JSON)
            assert (answer.status_code, answer.json()) == (200, {"enabled": is_on})
            assert api.get(CIMD).json() == {"enabled": is_on}
        entries = AuditLog.objects.filter(key="CimdConfig.Updated").order_by("created_at")
        assert [entry.payload["enabled"] for entry in entries] == [True, False]

    def test_nothing_to_change_changes_nothing(self, api: Client) -> None:
        assert api.patch(CIMD, {}, content_type=JSON).json() == {"enabled": False}
        assert not AuditLog.objects.filter(key="CimdConfig.Updated").exists()

    def test_takes_a_flag(self, api: Client) -> None:
        assert refused(api.patch(CIMD, {"enabled": "yes"}, content_type=JSON)) == (400, "guard.invalid_input")


class TestRegistration:
    def test_is_changed_member_by_member(self, api: Client) -> None:
        before = {"enabled": False, "requireInitialAccessToken": False, "maxClients": 100, "unusedClientDays": 30}
        assert api.get(REGISTRATION).json() == before
        for changes in ({"enabled": True}, {"maxClients": 5, "requireInitialAccessToken": True}, {}):
            before |= changes
            answer = api.patch(REGISTRATION, changes, content_type=JSON)
            assert (answer.status_code, answer.json()) == (200, before)
        assert AuditLog.objects.filter(key="ClientRegistrationConfig.Updated").count() == 2

    @pytest.mark.parametrize(
        "changes", [{"maxClients": 0}, {"maxClients": 1001}, {"unusedClientDays": 366}, {"enabled": 1}]
    )
    def test_bounds(self, api: Client, changes: dict[str, Any]) -> None:
        assert refused(api.patch(REGISTRATION, changes, content_type=JSON)) == (400, "guard.invalid_input")


class TestCeiling:
    @pytest.fixture
    def documents(self, tenant: Tenant) -> Resource:
        return create_resource(name="Documents", indicator="https://documents.example.com", actor=SYSTEM)

    @pytest.fixture
    def read(self, documents: Resource) -> Scope:
        return create_scope(documents, name="read", description="Read documents", actor=SYSTEM)

    def test_is_raised_and_lowered(self, api: Client, documents: Resource, read: Scope) -> None:
        assert api.get(CEILING).json() == EMPTY
        body = {"resourceScopes": [read.id], "userScopes": ["email", "profile"]}
        answer = api.post(CEILING, body, content_type=JSON)
        assert (answer.status_code, answer.content) == (201, b"Created")
        resource = {"id": documents.id, "name": "Documents", "indicator": "https://documents.example.com"}
        permission = {"id": read.id, "name": "read", "description": "Read documents"}
        held = {
            **EMPTY,
            "resourceScopes": [{"resource": resource, "scopes": [permission]}],
            "userScopes": ["profile", "email"],
        }
        assert api.get(CEILING).json() == held
        assert api.delete(f"{CEILING}/resource-scopes/{read.id}").status_code == 204
        assert api.delete(f"{CEILING}/user-scopes/email").status_code == 204
        assert api.get(CEILING).json() == {**EMPTY, "userScopes": ["profile"]}
        entries = AuditLog.objects.filter(key="CimdConsentScopes.Updated")
        assert [entry.application_id for entry in entries] == [None] * 3

    def test_unknown_permissions(self, api: Client, tenant: Tenant) -> None:
        answer = api.post(CEILING, {"resourceScopes": ["unknown"]}, content_type=JSON)
        assert refused(answer) == (422, "application.user_consent_scopes_not_found")
        answer = api.post(CEILING, {"userScopes": ["openid"]}, content_type=JSON)
        assert refused(answer) == (400, "guard.invalid_input")

    def test_never_the_management_api(self, api: Client, tenant: Tenant) -> None:
        scope = Scope.objects.get(name="all")
        answer = api.post(CEILING, {"resourceScopes": [scope.id]}, content_type=JSON)
        assert refused(answer) == (422, "application.consent_management_api_scopes_not_allowed")

    def test_what_is_not_there(self, api: Client, tenant: Tenant) -> None:
        for _ in range(2):
            assert refused(api.delete(f"{CEILING}/user-scopes/email")) == (404, "entity.not_found")
            ensure_stand_in()
        assert refused(api.delete(f"{CEILING}/scopes/email")) == (400, "guard.invalid_input")

    def test_is_its_tenants(self, api: Client, tenants: dict[str, Tenant]) -> None:
        api.post(CEILING, {"userScopes": ["email"]}, content_type=JSON)
        with enter_tenant("acme"):
            assert not ApplicationUserScope.objects.exists()


class TestStandIn:
    """The row that stands for such clients is no application to anybody."""

    def test_nobody_sees_it(self, api: Client, tenant: Tenant) -> None:
        stand_in = ensure_stand_in()
        assert stand_in.id not in [row["id"] for row in api.get("/api/applications").json()]
        assert refused(api.get(f"/api/applications/{stand_in.id}")) == (404, "entity.not_exists_with_id")
        assert refused(api.delete(f"/api/applications/{stand_in.id}")) == (404, "entity.not_exists_with_id")
        answer = api.patch(f"/api/applications/{stand_in.id}", {"name": "Other"}, content_type=JSON)
        assert refused(answer) == (404, "entity.not_exists_with_id")
        answer = api.get(f"/api/applications/{stand_in.id}/user-consent-scopes")
        assert refused(answer) == (404, "entity.not_exists_with_id")

    def test_there_is_one(self, tenant: Tenant) -> None:
        assert ensure_stand_in().id == ensure_stand_in().id
        assert Application.with_hidden.filter(registration_source="cimd").count() == 1


class TestInitialAccessTokens:
    def test_life_of_one(self, api: Client) -> None:
        assert api.get(TOKENS).json() == []
        made = api.post(TOKENS, {"name": "partners"}, content_type=JSON)
        assert made.status_code == 201
        body = made.json()
        value = body.pop("value")
        assert is_initial_access_token(value)
        assert body == {
            "tenantId": "default",
            "id": body["id"],
            "name": "partners",
            "createdAt": body["createdAt"],
            "expiresAt": None,
        }
        assert api.get(TOKENS).json() == [body]
        assert api.delete(f"{TOKENS}/{body['id']}").status_code == 204
        assert not is_initial_access_token(value)
        keys = AuditLog.objects.filter(key__startswith="InitialAccessToken.").order_by("created_at")
        assert [entry.key for entry in keys] == ["InitialAccessToken.Created", "InitialAccessToken.Deleted"]
        assert value not in str([entry.payload for entry in keys])

    def test_an_expiry(self, api: Client) -> None:
        soon = now() + timedelta(hours=1)
        made = api.post(TOKENS, {"name": "soon", "expiresAt": to_milliseconds(soon)}, content_type=JSON)
        assert made.json()["expiresAt"] == to_milliseconds(soon)
        past = to_milliseconds(now() - timedelta(hours=1))
        answer = api.post(TOKENS, {"name": "past", "expiresAt": past}, content_type=JSON)
        assert refused(answer) == (400, "request.invalid_input")

    def test_refusals(self, api: Client) -> None:
        assert refused(api.post(TOKENS, {}, content_type=JSON)) == (400, "guard.invalid_input")
        api.post(TOKENS, {"name": "partners"}, content_type=JSON)
        again = api.post(TOKENS, {"name": "partners"}, content_type=JSON)
        assert refused(again) == (422, "entity.unique_integrity_violation")
        assert refused(api.delete(f"{TOKENS}/unknown")) == (404, "entity.not_found")


def test_a_registered_client_is_an_application(api: Client, tenant: Tenant) -> None:
    change_registration_settings({"enabled": True}, actor=SYSTEM)
    metadata = {"redirect_uris": ["https://agent.example/callback"], "token_endpoint_auth_method": "none"}
    client_id = (
        Client(HTTP_HOST="localhost:8000").post("/oidc/register", metadata, content_type=JSON).json()["client_id"]
    )
    row = api.get(f"/api/applications/{client_id}").json()
    assert (row["isThirdParty"], row["type"], row["name"]) == (True, "SPA", "Unnamed client")
    assert api.delete(f"/api/applications/{client_id}").status_code == 204
