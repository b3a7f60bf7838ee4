"""The grant `client_credentials`: machines get tokens for APIs and organizations."""

import pytest
from pytest_django import DjangoAssertNumQueries

from access.models import Resource, Role
from applications.models import ApplicationRole, OrganizationApplication, OrganizationApplicationRole
from events.models import AuditLog
from organizations.models import Organization, OrganizationRole
from tests.oidc.tokens.parties import API, Party, header, make_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(machine: Party, api: Resource) -> Party:
    """The machine, holding a role with `read:things`."""
    role = make_role("machine reader", api, "read:things", type="MachineToMachine")
    ApplicationRole.objects.create(application=machine.application, role=role)
    return machine


def test_a_token_for_an_api(reader: Party) -> None:
    answer = reader.credentials(resource=API, scope="read:things write:things nonsense")
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["access_token", "expires_in", "scope", "token_type"]
    assert (body["expires_in"], body["scope"], body["token_type"]) == (1800, "read:things", "Bearer")
    assert answer["Cache-Control"] == "no-store"
    assert header(body["access_token"])["typ"] == "at+jwt"
    claims = reader.claims(body["access_token"], API)
    assert list(claims) == ["jti", "sub", "iat", "exp", "scope", "client_id", "iss", "aud"]
    assert claims["sub"] == claims["client_id"] == reader.id
    assert claims["scope"] == "read:things"
    assert claims["exp"] - claims["iat"] == 1800


def test_without_scope_no_scopes(reader: Party) -> None:
    body = reader.credentials(resource=API).json()
    assert "scope" not in body
    assert "scope" not in reader.claims(body["access_token"], API)


def test_neither_resource_nor_organization(machine: Party) -> None:
    answer = machine.credentials(scope="all")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_target"
    assert answer.json()["error_description"] == "both `resource` and `organization_id` are not provided"
    assert answer.json()["code"] == "oidc.invalid_target"


def test_the_default_resource_stands_in(reader: Party, api: Resource) -> None:
    api.is_default = True
    api.save()
    assert reader.claims(reader.credentials(scope="read:things").json()["access_token"], API)["scope"] == "read:things"


@pytest.mark.parametrize("resource", [["https://a.example", "https://b.example"], "https://nobody.example"])
def test_several_or_unknown_resources(machine: Party, resource: object) -> None:
    assert machine.credentials(resource=resource).json()["error"] == "invalid_target"


@pytest.mark.parametrize(
    ("resource", "description"),
    [
        ("not-a-uri", "resource indicator must be an absolute URI"),
        (f"{API}#part", "resource indicator must not contain a fragment component"),
    ],
)
def test_a_malformed_resource(machine: Party, resource: str, description: str) -> None:
    body = machine.credentials(resource=resource).json()
    assert (body["error"], body["error_description"]) == ("invalid_target", description)


def test_the_management_api(machine: Party) -> None:
    indicator = "https://default.logto.app/api"
    role = Role.objects.get(name="Logto Management API access")
    assert "scope" not in machine.credentials(resource=indicator, scope="all").json()
    ApplicationRole.objects.create(application=machine.application, role=role)
    body = machine.credentials(resource=indicator, scope="all").json()
    assert machine.claims(body["access_token"], indicator)["scope"] == "all"


class TestOrganizations:
    def test_an_application_outside(self, machine: Party, wayne: Organization) -> None:
        answer = machine.credentials(organization_id=wayne.id, scope="read:documents")
        assert answer.status_code == 403
        assert answer.json()["error"] == "access_denied"
        assert answer.json()["error_description"] == "app has not associated with the organization"

    def test_an_organization_token(
        self, machine: Party, wayne: Organization, admin_role: OrganizationRole, api: Resource
    ) -> None:
        place = OrganizationApplication.objects.create(organization=wayne, application=machine.application)
        audience = f"urn:logto:organization:{wayne.id}"
        api.is_default = True
        api.save()
        body = machine.credentials(organization_id=wayne.id, scope="read:documents own:things").json()
        assert body["scope"] == machine.claims(body["access_token"], audience)["scope"] == ""
        OrganizationApplicationRole.objects.create(organization_application=place, role=admin_role)
        body = machine.credentials(organization_id=wayne.id, scope="read:documents own:things").json()
        claims = machine.claims(body["access_token"], audience)
        assert claims["scope"] == body["scope"] == "read:documents"
        assert body["expires_in"] == 3600
        assert "organization_id" not in claims

    def test_an_api_in_an_organization(self, reader: Party, wayne: Organization, admin_role: OrganizationRole) -> None:
        """Only the roles in the organization count there, not the global ones."""
        place = OrganizationApplication.objects.create(organization=wayne, application=reader.application)
        OrganizationApplicationRole.objects.create(organization_application=place, role=admin_role)
        body = reader.credentials(organization_id=wayne.id, resource=API, scope="read:things own:things").json()
        claims = reader.claims(body["access_token"], API)
        assert (claims["organization_id"], claims["scope"]) == (wayne.id, "own:things")


def test_the_grant_is_for_machines(traditional: Party, spa: Party, machine: Party) -> None:
    for party in (traditional, spa):
        body = party.credentials(resource=API).json()
        assert body["error"] == "invalid_request"
        assert body["error_description"] == "requested grant type is not allowed for this client"
    assert machine.refresh("anything").json()["error"] == "invalid_request"


def test_what_the_audit_log_says(reader: Party) -> None:
    reader.credentials(resource=API, scope="read:things")
    reader.credentials(scope="read:things")
    success, failure = AuditLog.objects.filter(key="ExchangeTokenBy.ClientCredentials").order_by("created_at")
    assert success.application_id == reader.id
    assert success.payload["result"] == "Success"
    assert success.payload["tokenTypes"] == ["AccessToken"]
    assert success.payload["applicationSecret"] == {"name": "Default secret"}
    assert success.payload["params"]["resource"] == [API]
    assert failure.payload["result"] == "Error"
    assert failure.payload["error"]["code"] == "oidc.invalid_target"


def test_statements(reader: Party, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Warm: the tenant's stamp and the audit entry."""
    reader.credentials(resource=API, scope="read:things")
    with django_assert_num_queries(2):
        reader.credentials(resource=API, scope="read:things")
