"""`/api/sign-in-exp/default/custom-ui-assets`: sign-in pages of the tenant's own are uploaded, chosen and left."""

from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common.actors import SYSTEM
from common.errors import AppError
from events.models import AuditLog
from experience.custom_ui.versions import as_setting
from experience.models import CustomUiAsset
from experience.services import custom_ui
from experience.services.custom_ui import delete_custom_ui, upload_custom_ui
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from experience.tasks import clean_up_own_pages
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.tenants import delete_tenant
from tests.experience.own_pages.archives import archive

pytestmark = pytest.mark.django_db

PATH = "/api/sign-in-exp/default/custom-ui-assets"


def sent(content: bytes | None = None) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("pages.zip", content or archive({"app.js": "1"}), "application/zip")}


def patch(api: Client, **changes: Any) -> Any:
    return api.patch("/api/sign-in-exp", changes, content_type="application/json")


def stored_files() -> int:
    try:
        folders = default_storage.listdir("custom-ui/default")[0]
    except FileNotFoundError:
        return 0
    return sum(len(default_storage.listdir(f"custom-ui/default/{folder}")[1]) for folder in folders)


@pytest.fixture(autouse=True)
def _empty_storage() -> None:
    for tenant_id in ("default", "acme"):
        try:
            folders = default_storage.listdir(f"custom-ui/{tenant_id}")[0]
        except FileNotFoundError:
            continue
        for folder in folders:
            default_storage.delete(f"custom-ui/{tenant_id}/{folder}")


def test_an_upload_is_kept_and_used_once_it_is_chosen(api: Client) -> None:
    answer = api.post(PATH, sent())
    assert answer.status_code == 200, answer.content
    asset = CustomUiAsset.objects.get()
    assert answer.json() == {"customUiAssetId": asset.id}
    assert api.get("/api/sign-in-exp").json()["customUiAssets"] is None
    chosen = patch(api, customUiAssets={"id": asset.id, "createdAt": 1}).json()["customUiAssets"]
    assert chosen == as_setting(asset)
    assert patch(api, customUiAssets=None).json()["customUiAssets"] is None
    entry = AuditLog.objects.get(key="CustomUiAsset.Created")
    assert entry.payload["after"]["files"] == 2
    assert entry.payload["actor"]["kind"] == "application"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html></html>", "guard.mime_type_not_allowed"),
        (archive({"run.php": "<?php"}), "guard.mime_type_not_allowed"),
        (archive({"../app.js": "1"}), "guard.invalid_input"),
        (archive({"bomb.json": b"\0" * 4_000_000}), "guard.file_size_exceeded"),
        (archive({"app.js": "1"}, index=None), "guard.invalid_input"),
    ],
)
def test_what_is_refused_leaves_nothing(api: Client, content: bytes, code: str) -> None:
    answer = api.post(PATH, sent(content))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not CustomUiAsset.objects.exists()
    assert stored_files() == 0


def test_only_the_management_api_uploads(client: Client, tenant: Tenant) -> None:
    assert client.post(PATH, sent()).status_code == 401
    assert not CustomUiAsset.objects.exists()


@pytest.mark.parametrize("value", [{"id": "x" * 21, "createdAt": 1}, {"id": "", "createdAt": 1}, {"id": "x"}, "x", []])
def test_an_upload_that_there_is_not_is_refused(api: Client, value: Any) -> None:
    answer = patch(api, customUiAssets=value)
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")


def test_the_developers_own_tenant_has_no_pages_of_its_own(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("admin"):
        for attempt in (
            lambda: upload_custom_ui(archive(), actor=SYSTEM),
            lambda: update_sign_in_experience({"customUiAssets": {"id": "x" * 21, "createdAt": 1}}, actor=SYSTEM),
        ):
            with pytest.raises(AppError) as raised:
                attempt()
            assert (raised.value.code, raised.value.status) == ("guard.not_allowed_for_admin_tenant", 400)


@pytest.mark.django_db(transaction=True)
def test_older_uploads_make_room_but_never_the_one_in_use(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_ui, "MOST_UPLOADS", 2)
    first = upload_custom_ui(archive({"app.js": "1"}), actor=SYSTEM)
    update_sign_in_experience({"customUiAssets": as_setting(first)}, actor=SYSTEM)
    others = [upload_custom_ui(archive({"app.js": str(number)}), actor=SYSTEM) for number in range(3)]
    left = set(CustomUiAsset.objects.values_list("id", flat=True))
    assert left == {first.id, others[1].id, others[2].id}
    assert stored_files() == 6
    assert AuditLog.objects.filter(key="CustomUiAsset.Deleted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_one_in_use_is_not_deleted(tenant: Tenant) -> None:
    asset = upload_custom_ui(archive(), actor=SYSTEM)
    update_sign_in_experience({"customUiAssets": as_setting(asset)}, actor=SYSTEM)
    with pytest.raises(AppError, match=r"entity\.invalid_input"):
        delete_custom_ui(asset, actor=SYSTEM)
    update_sign_in_experience({"customUiAssets": None}, actor=SYSTEM)
    same = CustomUiAsset.objects.get(id=asset.id)
    for held in (asset, same):
        delete_custom_ui(held, actor=SYSTEM)
    assert AuditLog.objects.filter(key="CustomUiAsset.Deleted").count() == 1
    assert not CustomUiAsset.objects.exists()
    assert stored_files() == 0


def test_a_storage_that_fails_leaves_nothing(
    api: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: Any, **named: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(InMemoryStorage, "_save", fail)
    caplog.set_level("CRITICAL")
    answer = api.post(PATH, sent())
    assert (answer.status_code, answer.json()["code"]) == (500, "storage.upload_error")
    assert not CustomUiAsset.objects.exists()


def test_files_of_a_tenant_that_is_no_more_are_deleted(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        upload_custom_ui(archive(), actor=SYSTEM)
    clean_up_own_pages()
    assert default_storage.listdir("custom-ui/acme")[0]
    delete_tenant(tenants["acme"], actor=SYSTEM)
    clean_up_own_pages()
    assert not default_storage.exists("custom-ui/acme")


@pytest.mark.parametrize(
    "source",
    [
        "*",
        "https:",
        "data:",
        "blob:",
        "'unsafe-inline'",
        "'unsafe-eval'",
        "'self'",
        "'strict-dynamic'",
        "cdn.example.com",
        "https://*.example.com",
        "https://localhost",
        "https://cdn.example.com; script-src *",
        "https://cdn.example.com, default-src *",
        "https://cdn.example.com *",
        "https://cdn.example.com\n*",
        "https://cdn.example.com\x00",
        "https://user@example.com",
        "https://example.com/?a=b",
        "https://example.com/#a",
        "https://example.com/%0a",
        "https://exämple.com",
        "https://-a.example.com",
        "https://example.com:99999999",
        "http://example.com",
        "javascript://example.com/",
        "HTTPS://EXAMPLE.COM",
        "https://" + "a." * 200 + "example.com",
        "",
        7,
    ],
)
def test_sources_that_would_open_the_policy(tenant: Tenant, source: Any) -> None:
    for directive in ("scriptSrc", "connectSrc"):
        with pytest.raises(AppError) as raised:
            update_sign_in_experience({"customUiCsp": {directive: [source]}}, actor=SYSTEM)
        assert raised.value.code == "guard.invalid_input"
    assert get_sign_in_experience().wire["customUiCsp"] == {}


def test_sources_of_one_host_each(api: Client) -> None:
    csp = {
        "scriptSrc": ["https://cdn.example.com", "https://cdn.example.com:8443/lib/app.js"],
        "connectSrc": ["https://api.example.com/", "wss://live.example.com"],
    }
    assert patch(api, customUiCsp=csp).json()["customUiCsp"] == csp
    assert patch(api, customUiCsp={"scriptSrc": ["wss://live.example.com"]}).status_code == 400
    assert patch(api, customUiCsp={"scriptSrc": ["https://a.example.com"] * 21}).status_code == 400
