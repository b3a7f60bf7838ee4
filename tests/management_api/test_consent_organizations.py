"""`/api/applications/{id}/users/{userId}/consent-organizations`, and how an application presents itself."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from identity.models import User
from organizations.models import Organization
from organizations.services.members import add_members
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tenants.models import Tenant

JSON = "application/json"


@pytest.fixture
def market(tenant: Tenant) -> Application:
    return create_application(name="Market", type="SPA", is_third_party=True, actor=SYSTEM)


@pytest.fixture
def organizations(alice: User) -> list[Organization]:
    """Organizations of alice."""
    found = [create_organization(name=name, actor=SYSTEM) for name in ("One", "Two", "Three")]
    for organization in found:
        add_members(organization, user_ids=[alice.id], actor=SYSTEM)
    return found


@pytest.fixture
def url(market: Application, alice: User) -> str:
    return f"/api/applications/{market.id}/users/{alice.id}/consent-organizations"


def listed(api: Client, url: str) -> set[str]:
    return {row["name"] for row in api.get(url).json()["organizations"]}


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_letting_in_and_shutting_out(api: Client, url: str, organizations: list[Organization]) -> None:
    one, two, three = (organization.id for organization in organizations)
    assert api.get(url).json() == {"organizations": []}
    for _ in range(2):
        response = api.post(url, {"organizationIds": [one, two, two]}, content_type=JSON)
        assert (response.status_code, response.content) == (201, b"Created")
    assert listed(api, url) == {"One", "Two"}
    assert api.put(url, {"organizationIds": [two, three]}, content_type=JSON).status_code == 204
    assert listed(api, url) == {"Two", "Three"}
    assert api.delete(f"{url}/{two}").status_code == 204
    assert refused(api.delete(f"{url}/{two}")) == (404, "entity.not_found")
    assert api.put(url, {"organizationIds": []}, content_type=JSON).status_code == 204
    assert listed(api, url) == set()


def test_rows_and_pages(api: Client, url: str, organizations: list[Organization]) -> None:
    api.post(url, {"organizationIds": [organization.id for organization in organizations]}, content_type=JSON)
    response = api.get(f"{url}?page=1&page_size=2")
    assert (len(response.json()["organizations"]), response["Total-Number"]) == (2, "3")
    row = response.json()["organizations"][0]
    assert row["tenantId"] == "default"
    assert row.keys() >= {"id", "name", "description", "customData", "isMfaRequired", "branding", "color", "createdAt"}
    assert refused(api.get(f"{url}?page=0")) == (400, "guard.invalid_pagination")


@pytest.mark.parametrize("method", ["post", "put"])
def test_organizations_of_others(
    api: Client, url: str, organizations: list[Organization], tenants: dict[str, Tenant], method: str
) -> None:
    others = create_organization(name="Others", actor=SYSTEM).id
    with enter_tenant("acme"):
        foreign = create_organization(name="Foreign", actor=SYSTEM).id
    for stray in (others, foreign, "nowhere"):
        body = {"organizationIds": [organizations[0].id, stray]}
        response = getattr(api, method)(url, body, content_type=JSON)
        assert refused(response) == (422, "organization.require_membership")
    assert listed(api, url) == set()


@pytest.mark.parametrize(
    ("method", "body"),
    [("post", {"organizationIds": []}), ("post", {}), ("put", {}), ("put", {"organizationIds": [""]})],
)
def test_malformed_bodies(api: Client, url: str, method: str, body: dict[str, Any]) -> None:
    assert refused(getattr(api, method)(url, body, content_type=JSON)) == (400, "guard.invalid_input")


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_third_parties_and_known_people_only(
    api: Client, market: Application, alice: User, organizations: list[Organization], method: str
) -> None:
    own = create_application(name="Own", type="SPA", actor=SYSTEM)

    def call(application_id: str, user_id: str) -> Any:
        path = f"/api/applications/{application_id}/users/{user_id}/consent-organizations"
        if method == "get":
            return api.get(path)
        if method == "delete":
            return api.delete(f"{path}/{organizations[0].id}")
        return getattr(api, method)(path, {"organizationIds": [organizations[0].id]}, content_type=JSON)

    assert refused(call(own.id, alice.id)) == (422, "application.third_party_application_only")
    assert refused(call("unknown", alice.id)) == (404, "entity.not_exists_with_id")
    assert refused(call(market.id, "unknown")) == (404, "entity.not_found")


class TestPresentation:
    """`/api/applications/{id}/sign-in-experience`."""

    def test_setting_it(self, api: Client, market: Application) -> None:
        address = f"/api/applications/{market.id}/sign-in-experience"
        assert refused(api.get(address)) == (404, "entity.not_exists_with_id")
        body = {"displayName": "The Market", "termsOfUseUrl": "https://market.example.com/terms"}
        first = api.put(address, body, content_type=JSON)
        expected: dict[str, Any] = {
            "tenantId": "default",
            "applicationId": market.id,
            "color": {},
            "branding": {},
            "customCss": None,
            "termsOfUseUrl": "https://market.example.com/terms",
            "privacyPolicyUrl": None,
            "displayName": "The Market",
        }
        assert (first.status_code, first.json()) == (201, expected)
        changes = {
            "branding": {"logoUrl": "https://market.example.com/logo.svg"},
            "privacyPolicyUrl": "",
            "displayName": None,
            "color": {"primaryColor": "#0a0"},
        }
        again = api.put(address, changes, content_type=JSON)
        assert (again.status_code, again.json()) == (200, {**expected, **changes})
        assert api.get(address).json() == again.json()

    @pytest.mark.parametrize(
        "body",
        [
            {"displayName": "x" * 257},
            {"displayName": 1},
            {"termsOfUseUrl": "javascript:alert(1)"},
            {"privacyPolicyUrl": "/relative"},
            {"termsOfUseUrl": "https://market.example.com/" + "x" * 2048},
            {"color": {"primaryColor": "red"}},
            {"branding": {"logoUrl": "logo"}},
        ],
    )
    def test_malformed_bodies(self, api: Client, market: Application, body: dict[str, Any]) -> None:
        response = api.put(f"/api/applications/{market.id}/sign-in-experience", body, content_type=JSON)
        assert refused(response) == (400, "guard.invalid_input")

    def test_unknown_applications(self, api: Client, tenant: Tenant) -> None:
        for method in ("get", "put"):
            response = getattr(api, method)("/api/applications/unknown/sign-in-experience", content_type=JSON)
            assert refused(response) == (404, "entity.not_exists_with_id")
