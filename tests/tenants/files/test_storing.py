"""Files are stored once, within a tenant's room, and deleted with their content."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM, Actor
from common.clock import now
from common.errors import AppError
from identity.models import User
from identity.services import avatars
from identity.services.users import create_user
from identity.tasks import clean_up_avatars
from tenants.context import enter_tenant
from tenants.files.models import StoredFile
from tenants.files.services import delete_files, store_file
from tenants.models import Tenant
from tenants.services.tenants import create_tenant, delete_tenant
from tests.pictures import picture

pytestmark = pytest.mark.django_db

CAROL = Actor.developer("carol")
RED, BLUE = picture(), picture(color=(0, 0, 200))


@pytest.fixture(autouse=True)
def empty_storage() -> Iterator[None]:
    yield
    for folder in default_storage.listdir("")[0]:
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")


def stored(content: bytes = RED, kind: str = "asset") -> StoredFile:
    return store_file(content, kind=kind, actor=CAROL)


def refusal(content: bytes = RED, kind: str = "asset") -> str:
    with pytest.raises(AppError) as refused:
        stored(content, kind)
    return refused.value.code


def make_old(file: StoredFile) -> None:
    StoredFile.objects.filter(id=file.id).update(stored_at=now() - timedelta(hours=26))


def test_what_was_left_half_written_is_written_again(tenant: Tenant) -> None:
    """A disk was full in the middle of a logo. Uploaded again, the beginning was served for a year."""
    file = stored()
    content = default_storage.open(file.key).read()
    StoredFile.objects.all().delete()
    default_storage.delete(file.key)
    default_storage.save(file.key, ContentFile(content[:50]))
    again = stored()
    assert again.key == file.key
    assert default_storage.open(again.key).read() == content


def test_a_file_is_stored_under_its_digest_in_its_tenants_folder(tenant: Tenant) -> None:
    file = stored()
    assert file.key == f"default/{file.sha256}.png"
    assert file.url == f"http://localhost:8000/files/{file.sha256}.png"
    assert (file.media_type, file.size, file.stored_by) == (
        "image/png",
        default_storage.size(file.key),
        "developer carol",
    )


def test_the_same_content_is_stored_once(tenant: Tenant) -> None:
    assert stored().id == stored().id
    assert StoredFile.objects.count() == 1


def test_an_avatar_that_becomes_a_logo_stays(tenant: Tenant) -> None:
    file = stored(kind="avatar")
    assert stored().id == file.id
    assert stored(kind="avatar").kind == "asset"


def test_a_tenants_room_is_bounded_in_files_and_bytes(tenant: Tenant, settings: Any) -> None:
    settings.FILES_PER_TENANT = 1
    stored()
    assert refusal(BLUE) == "storage.quota_exceeded"
    settings.FILES_PER_TENANT = 10
    settings.FILE_BYTES_PER_TENANT = StoredFile.objects.get().size + 1
    assert refusal(BLUE) == "storage.quota_exceeded"
    assert StoredFile.objects.count() == 1
    assert len(default_storage.listdir("default")[1]) == 1


def test_strangers_pictures_leave_room_for_logos(tenant: Tenant, settings: Any) -> None:
    settings.FILES_PER_TENANT = 1
    first = stored(kind="avatar")
    assert refusal(BLUE, kind="avatar") == "storage.quota_exceeded"
    assert stored(picture(color=(1, 2, 3)))
    make_old(first)
    assert stored(BLUE, kind="avatar")


def test_what_is_too_large_and_what_cannot_be_stored(
    tenant: Tenant, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    assert refusal() == "guard.file_size_exceeded"
    settings.MAX_UPLOAD_BYTES = 10_000

    def fail(*_: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(default_storage, "save", fail)
    assert refusal() == "storage.upload_error"
    assert not StoredFile.objects.exists()
    settings.FILE_STORAGE = "off"
    assert refusal() == "storage.not_configured"


def test_a_deleted_file_has_no_content(tenant: Tenant, django_capture_on_commit_callbacks: Any) -> None:
    file, other = stored(), stored(BLUE)
    with django_capture_on_commit_callbacks(execute=True):
        delete_files([file], actor=CAROL)
    assert (default_storage.exists(file.key), default_storage.exists(other.key)) == (False, True)
    with django_capture_on_commit_callbacks(execute=True):
        delete_files([other], actor=CAROL)
        stored(BLUE)
    assert default_storage.exists(other.key), "stored again before its content was deleted"


def test_a_tenant_goes_with_its_files(django_capture_on_commit_callbacks: Any) -> None:
    create_tenant("admin", name="Admin")
    acme = create_tenant("acme", name="Acme")
    with enter_tenant("acme"):
        file = stored()
    with django_capture_on_commit_callbacks(execute=True):
        delete_tenant(acme, actor=SYSTEM)
    assert not default_storage.exists(file.key)


def test_avatars_that_no_user_has_are_deleted_after_a_day(
    tenant: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    used, unused, fresh = (stored(picture(color=(shade, 0, 0)), kind="avatar") for shade in (10, 20, 30))
    logo = stored(BLUE)
    create_user(username="alice", avatar=f"https://accounts.example.com/files/{used.name}", actor=SYSTEM)
    create_user(username="bob", avatar=f"https://evil.example/files/{used.name}/files/x.png", actor=SYSTEM)
    for file in (used, unused, logo):
        make_old(file)
    with django_capture_on_commit_callbacks(execute=True):
        clean_up_avatars()
    assert set(StoredFile.objects.all()) == {used, fresh, logo}
    assert not default_storage.exists(unused.key)
    User.objects.filter(username="alice").update(avatar=None)
    with CaptureQueriesContext(connection) as statements:
        clean_up_avatars()
    assert set(StoredFile.objects.all()) == {fresh, logo}
    assert sum("identity_user" in query["sql"] for query in statements) == 1


def test_an_avatar_that_is_uploaded_again_while_others_are_deleted_stays(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """It was listed as old, uploaded again, and deleted just after its address had been answered."""
    file, other = stored(kind="avatar"), stored(BLUE, kind="avatar")
    make_old(file)
    make_old(other)
    find_used = avatars._names_in_use

    def upload_again(names: list[str]) -> set[str]:
        used = find_used(names)
        stored(kind="avatar")
        return used

    monkeypatch.setattr(avatars, "_names_in_use", upload_again)
    with django_capture_on_commit_callbacks(execute=True):
        clean_up_avatars()
    assert list(StoredFile.objects.all()) == [file]
    assert (default_storage.exists(file.key), default_storage.exists(other.key)) == (True, False)


@pytest.mark.parametrize("end", ["", "?v=2", "#face", "?next=/files/x.png"])
def test_an_avatar_is_in_use_whatever_follows_its_address(tenant: Tenant, end: str) -> None:
    """Applications add queries against caches; such a picture counted as nobody's, and was deleted while shown."""
    file = stored(kind="avatar")
    make_old(file)
    create_user(username="alice", avatar=f"{file.url}{end}", actor=SYSTEM)
    clean_up_avatars()
    assert StoredFile.objects.get() == file
