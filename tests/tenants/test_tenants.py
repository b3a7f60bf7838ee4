"""Tenants come into being with a key, are reached by their host, and stay apart."""

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test import Client

from access.models import Resource
from common.actors import SYSTEM
from common.errors import AppError
from tenants.context import TenantNotSetError, enter_tenant
from tenants.hosts import find_site
from tenants.models import Domain, Tenant
from tenants.services.keys import current_signer, published_jwks, rotate_key
from tenants.services.tenants import create_tenant, set_tenant_suspended

pytestmark = pytest.mark.django_db


def test_a_new_tenant_has_a_signing_key_of_each_type(tenant: Tenant) -> None:
    signer = current_signer()
    assert signer.algorithm == "ES256"
    assert [jwk["kid"] for jwk in published_jwks()] == [signer.kid, current_signer("RS256").kid]


def test_tenants_share_no_key(tenants: dict[str, Tenant]) -> None:
    found = []
    for name in tenants:
        with enter_tenant(name):
            found += [jwk["kid"] for jwk in published_jwks()]
    assert len(found) == len(set(found)) == 2 * len(tenants)


def test_rotation_publishes_both_keys_and_signs_with_the_new(tenant: Tenant) -> None:
    old = current_signer().kid
    rotate_key(actor=SYSTEM)
    assert current_signer().kid != old
    assert [jwk["kid"] for jwk in published_jwks()] == [current_signer().kid, old, current_signer("RS256").kid]


def test_a_tenants_statement_is_one_process_of_the_server(tenants: dict[str, Tenant]) -> None:
    """Counting the entries of one user among ten million started two more: 11 ms instead of 4."""

    def processes() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW max_parallel_workers_per_gather")
            return str(cursor.fetchone()[0])

    with enter_tenant("acme"):
        assert processes() == "0"
    with enter_tenant("default"):
        with suppress(AppError), transaction.atomic():
            raise AppError("entity.not_found")
        assert processes() == "0"


@pytest.mark.parametrize("tenant_id", ["", "UPPER", "-a", "a-", "a.b", "a" * 22, "www", "a/b"])
def test_an_invalid_tenant_id_is_refused(tenants: dict[str, Tenant], tenant_id: str) -> None:
    with pytest.raises(AppError) as failure:
        create_tenant(tenant_id, name="x")
    assert failure.value.code == "tenant.invalid_id"


def test_a_taken_tenant_id_is_refused(tenants: dict[str, Tenant]) -> None:
    with pytest.raises(AppError) as failure:
        create_tenant("acme", name="again")
    assert failure.value.code == "tenant.id_in_use"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:8000", "default"),
        ("127.0.0.1:8000", "default"),
        ("ACME.localhost:8000", "acme"),
        ("nobody.localhost", None),
        ("evil.example", None),
        ("a.acme.localhost", None),
    ],
)
def test_the_host_names_the_tenant(tenants: dict[str, Tenant], host: str, expected: str | None) -> None:
    found = find_site(host)
    assert (found and found[0].tenant_id) == expected


def test_an_active_custom_domain_names_its_tenant(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        domain = Domain.objects.create(domain="login.acme.example", status=Domain.Status.PENDING_SSL)
    assert find_site("login.acme.example") is None
    with enter_tenant("acme"):
        domain.status = Domain.Status.ACTIVE
        domain.save()
    found = find_site("login.acme.example")
    assert found is not None
    assert found[0].tenant_id == "acme"


def test_a_suspended_tenant_is_off_the_air(tenants: dict[str, Tenant]) -> None:
    set_tenant_suspended(tenants["acme"], suspended=True, actor=SYSTEM)
    client = Client(HTTP_HOST="acme.localhost")
    response = client.get("/api/users")
    assert response.status_code == 404
    assert response.json()["code"] == "tenant.not_found"
    page = client.get("/sign-in")
    assert page.status_code == 404
    assert "There is no tenant at this address." in page.content.decode()
    german = client.get("/sign-in", headers={"Accept-Language": "de"})
    assert "Unter dieser Adresse gibt es keinen Dienst." in german.content.decode()


def test_no_tenant_no_rows(tenants: dict[str, Tenant]) -> None:
    with pytest.raises(TenantNotSetError):
        Resource.objects.count()


def test_row_security_holds_without_the_filter(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        Resource.objects.create(name="theirs", indicator="https://api.acme.example")
    with enter_tenant("default"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_resource WHERE indicator = 'https://api.acme.example'")
        assert cursor.fetchone() == (0,)
