"""`/files/<digest>.<extension>`: kept for a year, inert when it is opened, and the tenant's own."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM
from tenants.context import enter_tenant
from tenants.files.models import StoredFile
from tenants.files.services import store_file
from tenants.models import Tenant
from tests.pictures import picture, svg

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tenants: dict[str, Tenant]) -> StoredFile:
    with enter_tenant("default"):
        return store_file(picture(), kind="asset", actor=SYSTEM)


def test_a_file_is_served_to_be_kept(client: Client, file: StoredFile) -> None:
    with CaptureQueriesContext(connection) as statements:
        answer = client.get(file.url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert len(answer.content) == file.size
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["ETag"] == f'"{file.sha256}"'
    assert "Set-Cookie" not in answer
    assert len([query for query in statements if "tenants_storedfile" in query["sql"]]) == 1
    head = client.head(file.url)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", answer["ETag"])
    again = client.get(file.url, headers={"if-none-match": f'W/"x", {answer["ETag"]}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    assert again["Cache-Control"] == answer["Cache-Control"]


def test_nothing_in_a_file_acts(client: Client, tenant: Tenant) -> None:
    drawing = store_file(svg("<path/>"), kind="asset", actor=SYSTEM)
    answer = client.get(drawing.url, headers={"accept": "text/html"})
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_another_tenants_file_is_not_there(acme_client: Client, file: StoredFile) -> None:
    path = f"/files/{file.name}"
    for headers in ({}, {"if-none-match": f'"{file.sha256}"'}):
        answer = acme_client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "entity.not_found")
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name",
    [
        "x.png",
        "..%2F..%2Fetc%2Fpasswd",
        "../default/x.png",
        "%2e%2e/x.png",
        "a" * 64,
        "a" * 64 + ".png",
        "A" * 64 + ".png",
        "a" * 64 + ".png%00",
        "a" * 64 + ".png/",
        "a" * 5000,
        "%ff.png",
        "",
    ],
)
def test_other_names_are_not_found(client: Client, file: StoredFile, name: str) -> None:
    assert client.get(f"/files/{name}").status_code == 404


def test_files_are_only_read(client: Client, file: StoredFile) -> None:
    for method in ("post", "put", "delete", "patch"):
        assert getattr(client, method)(file.url).status_code == 405


def test_a_storage_that_has_lost_it_or_fails(client: Client, file: StoredFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(default_storage, "open", fail)
    answer = client.get(file.url)
    assert (answer.status_code, answer.json()["code"]) == (502, "storage.download_error")
    assert answer["Cache-Control"] == "no-store"
    monkeypatch.undo()
    default_storage.delete(file.key)
    assert client.get(file.url).status_code == 404
