"""`/api/user-assets`: pictures are uploaded, and come back as the address of what was stored."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenants.files.models import StoredFile
from tests.pictures import opened, picture, svg

pytestmark = pytest.mark.django_db

PATH = "/api/user-assets"


def sent(content: bytes = b"", name: str = "logo.png", media_type: str = "image/png") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content or picture(), media_type)}


def test_a_picture_is_uploaded(api: Client, client: Client) -> None:
    answer = api.post(PATH, sent())
    assert answer.status_code == 200
    url = answer.json()["url"]
    assert answer.json() == {"url": f"http://localhost:8000/files/{StoredFile.objects.get().name}"}
    assert opened(client.get(url).content).size == (40, 20)


def test_neither_name_nor_declared_type_count(api: Client, client: Client) -> None:
    names = ("../../../etc/passwd", "logo.php", "x" * 5000, "a\r\nSet-Cookie: x=y.png", "%00.svg")
    for name in names:
        answer = api.post(PATH, sent(name=name, media_type="text/html"))
        assert answer.json()["url"].endswith(".png"), name
    drawing = api.post(PATH, sent(svg("<script>alert(1)</script>"), "photo.jpg", "image/jpeg")).json()["url"]
    assert drawing.endswith(".svg")
    assert b"script" not in client.get(drawing).content
    refused = api.post(PATH, sent(b"<!doctype html><script>alert(1)</script>", "photo.png", "image/png"))
    assert (refused.status_code, refused.json()["code"]) == (400, "guard.mime_type_not_allowed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"file": "text"},
        {"picture": SimpleUploadedFile("a.png", picture())},
        {"file": [SimpleUploadedFile("a.png", picture()), SimpleUploadedFile("b.png", picture())]},
        {"file": SimpleUploadedFile("empty.png", b"")},
        {"file": SimpleUploadedFile("a.png", picture()), **{f"field{number}": "x" for number in range(1500)}},
    ],
)
def test_a_form_without_one_file_is_refused(api: Client, body: dict[str, Any]) -> None:
    answer = api.post(PATH, body)
    assert (answer.status_code, answer.json()["code"]) in [
        (400, "guard.invalid_input"),
        (400, "request.invalid_input"),
    ]
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"file": "x"}', "application/json"),
        (picture(), "image/png"),
        (b"--x\r\nno header", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=" + "x" * 1000),
    ],
)
def test_another_body_is_refused(api: Client, body: bytes, content_type: str) -> None:
    answer = api.post(PATH, body, content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")


def test_a_large_file_is_refused_before_it_is_read(api: Client, settings: Any) -> None:
    """By the length that the request declares: nothing of 21 MB is read."""
    form = "multipart/form-data; boundary=x"
    answer = api.post(PATH, b"--x", content_type=form, CONTENT_LENGTH=str(21 * 1_048_576))
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.file_size_exceeded")
    settings.MAX_UPLOAD_BYTES = 2_000_000
    exceeded = api.post(PATH, sent(b"\x89PNG" + b"x" * 2_000_000))
    assert (exceeded.status_code, exceeded.json()["code"]) == (400, "guard.file_size_exceeded")


def test_a_file_larger_than_other_bodies_is_taken(api: Client) -> None:
    content = picture("BMP", size=(900, 900))
    assert len(content) > 2_000_000
    assert api.post(PATH, sent(content)).status_code == 200
    assert api.post("/api/users", content, content_type="application/json").status_code == 413


def test_what_is_taken_is_told(api: Client, settings: Any) -> None:
    status = api.get(f"{PATH}/service-status").json()
    assert status == {
        "status": "ready",
        "allowUploadMimeTypes": [
            "image/jpeg",
            "image/png",
            "image/gif",
            "image/webp",
            "image/bmp",
            "image/vnd.microsoft.icon",
            "image/x-icon",
            "image/svg+xml",
        ],
        "maxUploadFileSize": 20_971_520,
        "isExperienceAvatarUploadEnabled": True,
    }
    settings.FILE_STORAGE = "off"
    assert api.get(f"{PATH}/service-status").json() == {"status": "not_configured"}
    answer = api.post(PATH, sent())
    assert (answer.status_code, answer.json()["code"]) == (400, "storage.not_configured")


def test_without_a_token_nothing_is_read(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: Any, **__: Any) -> Callable[..., bytes]:
        raise AssertionError("the file was read")

    monkeypatch.setattr("management_api.user_assets.views.read_upload", read)
    assert Client().post(PATH, sent()).status_code == 401
    assert Client().get(f"{PATH}/service-status").status_code == 401
