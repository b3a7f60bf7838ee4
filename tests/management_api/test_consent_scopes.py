"""`/api/applications/{id}/user-consent-scopes`: what a third-party application may ask users for."""

from typing import Any

import pytest
from django.test import Client

from access.models import Resource, Scope
from access.services.resources import create_resource
from access.services.scopes import create_scope
from applications.models import Application, ApplicationResourceScope, ApplicationUserScope
from applications.services.applications import create_application
from common.actors import SYSTEM
from events.models import AuditLog
from organizations.models import OrganizationScope
from organizations.services.template import create_organization_scope
from tenants.context import enter_tenant
from tenants.models import Tenant

JSON = "application/json"
EMPTY: dict[str, Any] = {
    "organizationScopes": [],
    "resourceScopes": [],
    "organizationResourceScopes": [],
    "userScopes": [],
}


@pytest.fixture
def market(tenant: Tenant) -> Application:
    return create_application(name="Market", type="Traditional", is_third_party=True, actor=SYSTEM)


@pytest.fixture
def own(tenant: Tenant) -> Application:
    return create_application(name="Own", type="SPA", actor=SYSTEM)


@pytest.fixture
def documents(tenant: Tenant) -> Resource:
    return create_resource(name="Documents", indicator="https://documents.example.com", actor=SYSTEM)


@pytest.fixture
def read(documents: Resource) -> Scope:
    return create_scope(documents, name="read", description="Read documents", actor=SYSTEM)


@pytest.fixture
def invite(tenant: Tenant) -> OrganizationScope:
    return create_organization_scope(name="invite", actor=SYSTEM)


def url(application: Application, *parts: str) -> str:
    return "/".join([f"/api/applications/{application.id}/user-consent-scopes", *parts])


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_configuring(
    api: Client, market: Application, documents: Resource, read: Scope, invite: OrganizationScope
) -> None:
    assert api.get(url(market)).json() == EMPTY
    body = {
        "organizationScopes": [invite.id],
        "resourceScopes": [read.id],
        "organizationResourceScopes": [read.id],
        "userScopes": ["email", "profile", "urn:logto:scope:organizations"],
    }
    for _ in range(2):
        response = api.post(url(market), body, content_type=JSON)
        assert (response.status_code, response.content) == (201, b"Created")
    resource = {"id": documents.id, "name": "Documents", "indicator": "https://documents.example.com"}
    permission = {"id": read.id, "name": "read", "description": "Read documents"}
    assert api.get(url(market)).json() == {
        "organizationScopes": [{"id": invite.id, "name": "invite", "description": None}],
        "resourceScopes": [{"resource": resource, "scopes": [permission]}],
        "organizationResourceScopes": [{"resource": resource, "scopes": [permission]}],
        "userScopes": ["profile", "email", "urn:logto:scope:organizations"],
    }
    for kind, scope_id in [
        ("organization-scopes", invite.id),
        ("resource-scopes", read.id),
        ("organization-resource-scopes", read.id),
        ("user-scopes", "email"),
        ("user-scopes", "profile"),
        ("user-scopes", "urn:logto:scope:organizations"),
    ]:
        assert api.delete(url(market, kind, scope_id)).status_code == 204
        assert refused(api.delete(url(market, kind, scope_id))) == (404, "entity.not_found")
    assert api.get(url(market)).json() == EMPTY
    entries = AuditLog.objects.filter(key="ApplicationConsentScopes.Updated", application_id=market.id)
    assert entries.filter(payload__removed={"user-scopes": ["email"]}).count() == 1
    assert entries.filter(payload__added__has_key="resource-scopes").count() == 2


def test_an_empty_body_changes_nothing(api: Client, market: Application) -> None:
    assert api.post(url(market), {}, content_type=JSON).status_code == 201
    assert api.get(url(market)).json() == EMPTY


@pytest.mark.parametrize(
    "body",
    [
        {"userScopes": ["openid"]},
        {"userScopes": ["offline_access"]},
        {"userScopes": ["made-up"]},
        {"userScopes": "email"},
        {"resourceScopes": [1]},
        {"organizationScopes": [""]},
        {"organizationResourceScopes": None},
    ],
)
def test_malformed_bodies(api: Client, market: Application, body: dict[str, Any]) -> None:
    assert refused(api.post(url(market), body, content_type=JSON)) == (400, "guard.invalid_input")


def test_unknown_permissions_are_named_and_nothing_is_written(
    api: Client, market: Application, read: Scope, invite: OrganizationScope
) -> None:
    body = {"resourceScopes": [read.id, "unknown"], "organizationScopes": [read.id], "userScopes": ["email"]}
    response = api.post(url(market), body, content_type=JSON)
    assert refused(response) == (422, "application.user_consent_scopes_not_found")
    assert response.json()["data"] == {
        "invalidOrganizationScopes": [read.id],
        "invalidResourceScopes": ["unknown"],
        "invalidOrganizationResourceScopes": [],
    }
    assert api.get(url(market)).json() == EMPTY


@pytest.mark.parametrize("key", ["resourceScopes", "organizationResourceScopes"])
def test_the_management_api_is_not_to_be_had(api: Client, market: Application, key: str) -> None:
    everything = Scope.objects.get(name="all")
    response = api.post(url(market), {key: [everything.id]}, content_type=JSON)
    assert refused(response) == (422, "application.consent_management_api_scopes_not_allowed")
    assert not ApplicationResourceScope.objects.exists()


def test_for_third_parties_only(api: Client, own: Application) -> None:
    assert api.get(url(own)).json() == EMPTY
    response = api.post(url(own), {"userScopes": ["email"]}, content_type=JSON)
    assert refused(response) == (422, "application.third_party_application_only")


def test_unknown_applications_and_lists(api: Client, market: Application) -> None:
    unknown = Application(id="unknown")
    assert refused(api.get(url(unknown))) == (404, "entity.not_exists_with_id")
    assert refused(api.post(url(unknown), {}, content_type=JSON)) == (404, "entity.not_exists_with_id")
    assert refused(api.delete(url(unknown, "user-scopes", "email"))) == (404, "entity.not_exists_with_id")
    assert refused(api.delete(url(market, "made-up", "email"))) == (400, "guard.invalid_input")


def test_another_tenants_permissions(api: Client, market: Application, tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        theirs = create_scope(
            create_resource(name="Theirs", indicator="https://theirs.example.com", actor=SYSTEM),
            name="read",
            actor=SYSTEM,
        )
    response = api.post(url(market), {"resourceScopes": [theirs.id]}, content_type=JSON)
    assert refused(response) == (422, "application.user_consent_scopes_not_found")


def test_a_permission_that_goes_takes_its_entry_with_it(api: Client, market: Application, read: Scope) -> None:
    api.post(url(market), {"resourceScopes": [read.id]}, content_type=JSON)
    read.delete()
    assert api.get(url(market)).json() == EMPTY


@pytest.mark.parametrize("kind", ["Native", "SPA", "Traditional"])
def test_third_party_applications_can_be_registered(api: Client, kind: str) -> None:
    body = {"name": "Theirs", "type": kind, "isThirdParty": True}
    created = api.post("/api/applications", body, content_type=JSON)
    assert (created.status_code, created.json()["isThirdParty"]) == (200, True)
    assert [row["id"] for row in api.get("/api/applications?isThirdParty=true").json()] == [created.json()["id"]]
    changed = api.patch(f"/api/applications/{created.json()['id']}", {"isThirdParty": False}, content_type=JSON)
    assert changed.json()["isThirdParty"] is True, "what an application is never changes"


@pytest.mark.parametrize("kind", ["MachineToMachine", "Protected"])
def test_other_types_cannot_be_third_party(api: Client, kind: str) -> None:
    body = {"name": "Theirs", "type": kind, "isThirdParty": True}
    response = api.post("/api/applications", body, content_type=JSON)
    assert refused(response) == (400, "application.invalid_third_party_application_type")


def test_a_permission_that_is_no_longer_known_is_left_out(api: Client, market: Application) -> None:
    """Found by generated requests: a stored name that Gatehouse does not know failed the whole list."""
    for name in ("email", "a-name-of-long-ago"):
        ApplicationUserScope.objects.create(application=market, scope=name)
    assert api.get(url(market)).json()["userScopes"] == ["email"]
