"""`/api/domains`, and what an installation without a network of proxies says about protected applications."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from common.clock import now
from events.models import AuditLog
from tenants.models import Domain

pytestmark = pytest.mark.django_db

URL = "/api/domains"
JSON = "application/json"
FILE = {"path": "/google1.html", "content": "x", "contentType": "text/plain"}


@pytest.fixture(autouse=True)
def target(settings: Any) -> None:
    settings.CUSTOM_DOMAIN_TARGET = "edge.gatehouse.example"
    # Nobody answers there.
    settings.CUSTOM_DOMAIN_RESOLVERS = ["127.0.0.1:1"]


def add(api: Client, domain: Any = "login.shop.example") -> Any:
    return api.post(URL, {"domain": domain}, content_type=JSON)


def put_files(api: Client, domain_id: str, files: Any) -> Any:
    return api.put(f"{URL}/{domain_id}/verification-files", {"verificationFiles": files}, content_type=JSON)


def test_add_list_get_delete(api: Client, acme_api: Client) -> None:
    assert api.get(URL).json() == []
    answer = add(api)
    row = answer.json()
    assert answer.status_code == 201
    assert set(row) == {"id", "domain", "status", "errorMessage", "dnsRecords", "createdAt"}
    assert api.get(URL).json() == [row]
    seen = api.get(f"{URL}/{row['id']}").json()
    assert seen == {**row, "errorMessage": "The DNS servers did not answer. This will be tried again."}
    assert acme_api.get(URL).json() == []
    assert acme_api.delete(f"{URL}/{row['id']}").status_code == 404
    assert api.delete(f"{URL}/{row['id']}").status_code == 204
    for answer in (api.delete(f"{URL}/{row['id']}"), api.get(f"{URL}/{row['id']}")):
        assert (answer.status_code, answer.json()["code"]) == (404, "entity.not_exists_with_id")
    keys = AuditLog.objects.filter(key__startswith="Domain.").order_by("created_at", "id").values_list("key", flat=True)
    assert list(keys) == ["Domain.Created", "Domain.Deleted"]


def test_bodies_that_are_none(api: Client) -> None:
    bodies: list[Any] = [{}, [], None, {"domain": None}, {"domain": 1}, {"domain": ""}, {"domain": "a" * 257}]
    for body in bodies:
        answer = api.post(URL, body, content_type=JSON)
        assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")


def test_an_installation_without_a_target(api: Client, settings: Any) -> None:
    settings.CUSTOM_DOMAIN_TARGET = ""
    answer = add(api)
    assert (answer.status_code, answer.json()["code"]) == (400, "domain.not_configured")
    assert api.get(URL).json() == []


def test_verification_files(api: Client) -> None:
    row = add(api).json()
    path = f"{URL}/{row['id']}/verification-files"
    assert api.get(path).json() == []
    answer = put_files(api, row["id"], [{**FILE, "unknown": 1}])
    assert (answer.status_code, answer.json()) == (200, [FILE])
    assert api.get(path).json() == [FILE]
    assert put_files(api, row["id"], []).json() == []


HOSTILE_FILES: list[tuple[Any, str]] = [
    (None, "verificationFiles"),
    ({}, "verificationFiles"),
    ([{**FILE, "path": f"/{index}"} for index in range(11)], "verificationFiles"),
    ([FILE, FILE], "verificationFiles.1.path"),
    ([{**FILE, "path": ""}], "verificationFiles.0.path"),
    ([{**FILE, "path": "google1.html"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/" + "a" * 256}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/a/../b"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "//evil.example/a"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/a%2e"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/a?b"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/a\r\nX: y"}], "verificationFiles.0.path"),
    # Where Gatehouse itself answers.
    ([{**FILE, "path": "/sign-in"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/healthz"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/tls-ask"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/.well-known/webauthn"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/.well-known/oauth-authorization-server/oidc"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/oidc/anything"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/api/anything"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/console/anything"}], "verificationFiles.0.path"),
    ([{**FILE, "path": "/static/console/console.js"}], "verificationFiles.0.path"),
    ([{**FILE, "content": ""}], "verificationFiles.0.content"),
    ([{**FILE, "content": "a" * 16_385}], "verificationFiles.0.content"),
    ([{**FILE, "content": "{", "contentType": "application/json"}], "verificationFiles.0.content"),
    ([{**FILE, "content": "[" * 16_000, "contentType": "application/json"}], "verificationFiles.0.content"),
    ([{**FILE, "contentType": "text/html"}], "verificationFiles.0.contentType"),
    ([{**FILE, "contentType": None}], "verificationFiles.0.contentType"),
]


def test_hostile_files(api: Client) -> None:
    row = add(api).json()
    for files, place in HOSTILE_FILES:
        answer = put_files(api, row["id"], files)
        assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input"), files
        assert [issue["path"] for issue in answer.json()["data"]["issues"]] == [place]
    assert api.get(f"{URL}/{row['id']}/verification-files").json() == []


def test_clean_up_deletes_what_never_became_active(api: Client) -> None:
    names = {"old.shop.example": "Error", "new.shop.example": "PendingVerification", "live.shop.example": "Active"}
    for name, status in names.items():
        row = add(api, name).json()
        Domain.objects.filter(id=row["id"]).update(status=status)
    Domain.objects.exclude(domain="new.shop.example").update(updated_at=now() - timedelta(days=8))
    answer = api.post(f"{URL}/cleanup", {"staleDays": 7}, content_type=JSON)
    counts = {"scannedCount": 2, "deletedCount": 1, "skippedActiveCount": 1, "failedCount": 0}
    assert (answer.status_code, answer.json()) == (200, counts)
    assert [row["domain"] for row in api.get(URL).json()] == ["new.shop.example", "live.shop.example"]


def test_clean_up_takes_whole_days(api: Client) -> None:
    for days in (0, -1, 1.5, "7", None, 10**9):
        answer = api.post(f"{URL}/cleanup", {"staleDays": days}, content_type=JSON)
        assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")


def test_there_is_no_proxy_network_for_protected_applications(api: Client) -> None:
    answer = api.get("/api/systems/application")
    assert (answer.status_code, answer.json()["code"]) == (501, "application.protected_app_not_configured")


def test_no_application_here_is_a_protected_one(api: Client, backend: Application) -> None:
    path = f"/api/applications/{backend.id}/protected-app-metadata/custom-domains"
    answers = [
        api.get(path),
        api.post(path, {"domain": "app.shop.example"}, content_type=JSON),
        api.delete(f"{path}/app.shop.example"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (400, "application.protected_application_only")
    }
    unknown = "/api/applications/unknown/protected-app-metadata/custom-domains"
    assert api.get(unknown).status_code == api.delete(f"{unknown}/a").status_code == 404
    answer = api.post(path, {}, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")


def test_what_a_console_remembers(api: Client, acme_api: Client) -> None:
    path = "/api/configs/admin-console"
    defaults = {"signInExperienceCustomized": False, "organizationCreated": False}
    assert api.get(path).json() == defaults
    notification = {"isPaidTenant": False, "tag": "development", "readAt": 1_780_000_000_000}
    changes = {"organizationCreated": True, "developmentTenantMigrationNotification": notification, "unknown": 1}
    stored = {**defaults, "organizationCreated": True, "developmentTenantMigrationNotification": notification}
    assert api.patch(path, changes, content_type=JSON).json() == stored
    assert api.get(path).json() == stored
    assert acme_api.get(path).json() == defaults
    bodies: list[Any] = [{"organizationCreated": 1}, {"checkedChargeNotification": []}, []]
    for body in bodies:
        answer = api.patch(path, body, content_type=JSON)
        assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")
