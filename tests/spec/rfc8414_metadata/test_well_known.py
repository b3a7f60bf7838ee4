"""RFC 8414 section 3.1: the metadata's address is made by inserting `/.well-known/…` before the issuer's path."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tenants.context import enter_tenant
from tenants.models import Domain, Tenant

pytestmark = pytest.mark.django_db

INSERTED = ["/.well-known/oauth-authorization-server/oidc", "/.well-known/openid-configuration/oidc"]


@pytest.mark.parametrize("path", INSERTED)
def test_3_1_it_is_the_issuers_metadata(client: Client, tenant: Tenant, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer.content == client.get("/oidc/.well-known/openid-configuration").content
    assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", INSERTED)
def test_3_3_the_issuer_is_the_one_it_was_asked_for(tenants: dict[str, Tenant], path: str) -> None:
    with enter_tenant("acme"):
        Domain.objects.create(domain="login.acme.example", status=Domain.Status.ACTIVE)
    for origin in ("http://localhost:8000", "http://acme.localhost:8000", "https://login.acme.example"):
        scheme, _, host = origin.partition("://")
        assert Client(HTTP_HOST=host).get(path, secure=scheme == "https").json()["issuer"] == f"{origin}/oidc"


@pytest.mark.parametrize("path", INSERTED)
def test_pages_of_any_origin_may_read_it(client: Client, tenant: Tenant, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://anywhere.example"})
    assert answer["Access-Control-Allow-Origin"] == "https://anywhere.example"


@pytest.mark.parametrize("path", ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"])
def test_an_issuer_without_a_path_is_not_ours(client: Client, tenant: Tenant, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_unknown_host_has_none(tenants: dict[str, Tenant]) -> None:
    assert Client(HTTP_HOST="nobody.example").get(INSERTED[0]).status_code == 404


def test_statements(client: Client, tenant: Tenant, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client.get(INSERTED[0])
    with django_assert_num_queries(1):
        client.get(INSERTED[0])
