"""The documents and their pages as they are served."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from tenants.models import Tenant

DOCUMENTS = {
    "/api/swagger.json": "Management API",
    "/api/.well-known/management.openapi.json": "Management API",
    "/api/.well-known/experience.openapi.json": "Experience API",
    "/api/.well-known/user.openapi.json": "Account API",
}
PAGES = {
    "/api/docs": "Management API",
    "/api/docs/experience": "Experience API",
    "/api/docs/user": "Account API",
}


@pytest.mark.parametrize(("address", "title"), DOCUMENTS.items())
def test_a_document_is_for_everybody(client: Client, tenant: Tenant, address: str, title: str) -> None:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    document = response.json()
    assert document["info"]["title"] == title
    assert document["servers"] == [{"url": "http://localhost:8000"}]
    assert b"tenant.example.com" not in response.content
    validate_schema(document)  # type: ignore[no-untyped-call]  # the library lacks it


def test_a_tenants_document_names_its_own_servers(acme_client: Client, tenants: dict[str, Tenant]) -> None:
    document = acme_client.get("/api/swagger.json").json()
    assert document["servers"] == [{"url": "http://acme.localhost:8000"}]
    scheme = document["components"]["securitySchemes"]["ManagementApi"]
    assert scheme["flows"]["clientCredentials"]["tokenUrl"] == "http://acme.localhost:8000/oidc/token"


def test_a_document_is_compressed_for_those_who_take_it(client: Client, tenant: Tenant) -> None:
    plain = client.get("/api/swagger.json")
    compressed = client.get("/api/swagger.json", headers={"accept-encoding": "br, gzip"})
    assert compressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.content) == plain.content
    assert len(compressed.content) < len(plain.content) / 5
    refused = client.get("/api/swagger.json", headers={"accept-encoding": "gzip;q=0, br"})
    assert "Content-Encoding" not in refused.headers


def test_an_unchanged_document_is_not_sent_again(client: Client, acme_client: Client, tenant: Tenant) -> None:
    first = client.get("/api/swagger.json")
    again = client.get("/api/swagger.json", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = acme_client.get("/api/swagger.json", headers={"if-none-match": first["ETag"]})
    assert other.status_code == 200


def test_a_document_takes_no_other_method(client: Client, tenant: Tenant) -> None:
    assert client.post("/api/swagger.json").status_code == 405


@pytest.mark.parametrize(("address", "title"), PAGES.items())
def test_a_page_shows_every_operation_of_its_document(client: Client, tenant: Tenant, address: str, title: str) -> None:
    page = client.get(address)
    assert page["Content-Type"] == "text/html; charset=utf-8"
    text = page.content.decode()
    assert f"<h1>{title}</h1>" in text
    file = next(name for name, of in reversed(DOCUMENTS.items()) if of == title)
    operations = [
        operation["operationId"]
        for methods in json.loads(client.get(file).content)["paths"].values()
        for operation in methods.values()
    ]
    shown = re.findall(r'<details id="(\w+)" data-find', text)
    assert sorted(shown) == sorted(operations)


def test_a_page_asks_no_other_host_and_runs_its_own_script_alone(client: Client, tenant: Tenant) -> None:
    page = client.get("/api/docs")
    policy = page["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.content.decode())
    assert b"style=" not in page.content
