"""The end of a tenant in the console: suspended, resumed, deleted by whoever types its id."""

from typing import Any

import pytest
from django.test import Client

from console.tenancy import ConsoleRole, grant_tenant_access
from identity.models import User
from tenants.models import Tenant
from tests.console.conftest import browser_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/console/acme/tenant/settings/"
DISCOVERY = "/oidc/.well-known/openid-configuration"


@pytest.fixture(autouse=True)
def _admin_of_acme(carol: User) -> None:
    grant_tenant_access(carol.id, tenant_id="acme", role=ConsoleRole.ADMIN)


def test_a_tenant_is_suspended_and_resumed(console: Client) -> None:
    acme = Client(HTTP_HOST="acme.localhost:8000")
    assert console.post(PAGE, {"action": "suspend"}).status_code == 302
    assert acme.get(DISCOVERY).status_code == 404
    page = console.get(PAGE).content.decode()
    assert "This tenant is suspended" in page
    assert console.post(PAGE, {"action": "resume"}).status_code == 302
    assert acme.get(DISCOVERY).status_code == 200


@pytest.mark.parametrize("typed", ["", "default", "ACME"])
def test_another_id_deletes_nothing(console: Client, typed: str) -> None:
    page = console.post(PAGE, {"action": "delete", "confirmation": typed})
    assert page.status_code == 200
    assert b"gh-field-bad" in page.content
    assert Tenant.objects.filter(id="acme").exists()


def test_the_typed_id_deletes_the_tenant(console: Client) -> None:
    answer = console.post(PAGE, {"action": "delete", "confirmation": "acme"})
    assert (answer.status_code, answer["Location"]) == (302, "/console/tenants")
    assert not Tenant.objects.filter(id="acme").exists()
    assert console.get(PAGE).status_code == 404


def test_the_first_tenants_offer_neither(console: Client) -> None:
    page = "/console/default/tenant/settings/"
    assert "Delete this tenant" not in console.get(page).content.decode()
    for form in ({"action": "suspend"}, {"action": "delete", "confirmation": "default"}):
        assert "cannot be suspended or deleted" in console.post(page, form, follow=True).content.decode()
    assert not Tenant.objects.get(id="default").is_suspended


def test_collaborators_cannot(dave: User, installation: dict[str, Any]) -> None:
    grant_tenant_access(dave.id, tenant_id="acme", role=ConsoleRole.COLLABORATOR)
    answer = browser_of(dave).post(PAGE, {"action": "delete", "confirmation": "acme"})
    assert answer.status_code in (403, 404)
    assert Tenant.objects.filter(id="acme").exists()
