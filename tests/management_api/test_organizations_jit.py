"""`/api/organizations/{id}/jit`: who joins by themselves, and with which roles."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from connectors.enterprise.services.connectors import create_sso_connector
from organizations.models import Organization
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role
from tenants.models import Tenant

JSON = "application/json"


@pytest.fixture
def organization(tenant: Tenant) -> Organization:
    return create_organization(name="Corp", actor=SYSTEM)


@pytest.fixture
def url(organization: Organization) -> str:
    return f"/api/organizations/{organization.id}/jit"


def send(api: Client, method: str, url: str, **body: Any) -> Any:
    return getattr(api, method)(url, body, content_type=JSON)


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_email_domains(api: Client, url: str, organization: Organization) -> None:
    domains = f"{url}/email-domains"
    response = send(api, "post", domains, emailDomain="corp.example")
    row = {"tenantId": "default", "organizationId": organization.id, "emailDomain": "corp.example"}
    assert (response.status_code, response.json()) == (201, row)
    again = send(api, "post", domains, emailDomain="corp.example")
    assert refused(again) == (422, "entity.unique_integrity_violation")
    assert refused(send(api, "post", domains, emailDomain="x" * 129)) == (422, "entity.value_too_long")
    assert refused(send(api, "post", domains, emailDomain="")) == (400, "guard.invalid_input")
    assert api.get(domains).json() == [row]
    assert api.get(domains, {"page_size": 1}).headers["Total-Number"] == "1"
    assert send(api, "put", domains, emailDomains=["a.example", "b.example"]).status_code == 204
    assert [row["emailDomain"] for row in api.get(domains).json()] == ["a.example", "b.example"]
    assert api.delete(f"{domains}/a.example").status_code == 204
    assert refused(api.delete(f"{domains}/a.example")) == (404, "entity.not_found")
    assert send(api, "put", domains, emailDomains=[]).status_code == 204
    assert api.get(domains).json() == []


def test_roles(api: Client, url: str) -> None:
    role = create_organization_role(name="Member", actor=SYSTEM)
    machine = create_organization_role(name="Machine", type="MachineToMachine", actor=SYSTEM)
    roles = f"{url}/roles"
    for _ in range(2):
        response = send(api, "post", roles, organizationRoleIds=[role.id])
        assert (response.status_code, response.content) == (201, b"Created")
    assert [row["id"] for row in api.get(roles).json()] == [role.id]
    for method in ("post", "put"):
        response = send(api, method, roles, organizationRoleIds=[machine.id])
        assert refused(response) == (422, "entity.db_constraint_violated")
        response = send(api, method, roles, organizationRoleIds=["unknown"])
        assert refused(response) == (422, "entity.relation_foreign_key_not_found")
    assert [row["id"] for row in api.get(roles).json()] == [role.id]
    assert api.delete(f"{roles}/{role.id}").status_code == 204
    assert refused(api.delete(f"{roles}/{role.id}")) == (404, "entity.not_found")
    assert send(api, "put", roles, organizationRoleIds=[]).status_code == 204


def test_an_unknown_organization(api: Client) -> None:
    none = "/api/organizations/none/jit"
    unknown = (422, "entity.relation_foreign_key_not_found")
    assert api.get(f"{none}/email-domains").json() == []
    assert refused(send(api, "post", f"{none}/email-domains", emailDomain="corp.example")) == unknown
    assert refused(send(api, "put", f"{none}/email-domains", emailDomains=["corp.example"])) == unknown
    assert refused(api.delete(f"{none}/email-domains/corp.example")) == (404, "entity.not_found")
    assert refused(api.get(f"{none}/roles")) == (404, "entity.not_exists_with_id")
    assert refused(send(api, "put", f"{none}/roles", organizationRoleIds=[])) == unknown
    assert refused(api.delete(f"{none}/roles/any")) == (404, "entity.not_found")


def test_enterprise_connectors(api: Client, url: str) -> None:
    created = [create_sso_connector(provider_name="SAML", connector_name=name, actor=SYSTEM) for name in ("A", "B")]
    first, second = (row.id for row in created)
    rules = f"{url}/sso-connectors"
    for _ in range(2):
        response = send(api, "post", rules, ssoConnectorIds=[first])
        assert (response.status_code, response.content) == (201, b"Created")
    (row,) = api.get(rules).json()
    assert (row["id"], row["connectorName"], row["tenantId"], row["config"]) == (first, "A", "default", {})
    for method in ("post", "put"):
        response = send(api, method, rules, ssoConnectorIds=["unknown"])
        assert refused(response) == (422, "entity.relation_foreign_key_not_found")
    assert refused(send(api, "post", rules, ssoConnectorIds=[])) == (400, "guard.invalid_input")
    assert refused(send(api, "post", rules)) == (400, "guard.invalid_input")
    assert send(api, "put", rules, ssoConnectorIds=[second, first]).status_code == 204
    assert api.get(rules, {"page_size": 1}).headers["Total-Number"] == "2"
    assert api.delete(f"{rules}/{first}").status_code == 204
    assert refused(api.delete(f"{rules}/{first}")) == (404, "entity.not_found")
    assert [row["id"] for row in api.get(rules).json()] == [second]
    assert send(api, "put", rules, ssoConnectorIds=[]).status_code == 204
    assert api.get(rules).json() == []


def test_enterprise_connectors_of_an_unknown_organization(api: Client) -> None:
    rules = "/api/organizations/none/jit/sso-connectors"
    assert refused(api.get(rules)) == (404, "entity.not_exists_with_id")
    unknown = (422, "entity.relation_foreign_key_not_found")
    assert refused(send(api, "post", rules, ssoConnectorIds=["x"])) == unknown
    assert refused(send(api, "put", rules, ssoConnectorIds=[])) == unknown
    assert refused(api.delete(f"{rules}/any")) == (404, "entity.not_found")
