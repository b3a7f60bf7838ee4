"""`POST /api/experience/user-assets/avatar`: whoever signs up may bring a picture, within limits."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenants import rate_limits
from tenants.files.models import StoredFile
from tests.experience.conftest import Browser
from tests.pictures import opened, picture, svg

pytestmark = pytest.mark.django_db

PATH = "/api/experience/user-assets/avatar"


def upload(client: Client, content: bytes = b"") -> Any:
    return client.post(PATH, {"file": SimpleUploadedFile("me.jpg", content or picture("JPEG", size=(900, 900)))})


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_picture_is_stored_small(browser: Browser) -> None:
    browser.start("Register")
    answer = upload(browser.client)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    file = StoredFile.objects.get()
    assert (answer.json(), file.kind, file.stored_by) == ({"url": file.url}, "avatar", "anonymous")
    assert opened(browser.client.get(file.url).content).size == (512, 512)


def test_only_while_signing_up(browser: Browser, client: Client) -> None:
    assert code_of(upload(browser.client)) == (404, "session.interaction_not_found")
    for event in ("SignIn", "ForgotPassword"):
        browser.start(event)
        assert code_of(upload(browser.client)) == (400, "session.invalid_interaction_type")
    assert code_of(upload(Client(HTTP_HOST="localhost:8000"))) == (400, "session.not_found")
    assert not StoredFile.objects.exists()


def test_other_files_are_refused(browser: Browser, settings: Any) -> None:
    browser.start("Register")
    for content in (svg(), picture("ICO", size=(32, 32)), picture("TIFF"), b"<script>alert(1)</script>"):
        assert code_of(upload(browser.client, content)) == (400, "guard.mime_type_not_allowed")
    settings.MAX_UPLOAD_BYTES = 100
    assert code_of(upload(browser.client)) == (400, "guard.file_size_exceeded")
    settings.FILE_STORAGE = "off"
    assert code_of(upload(browser.client)) == (400, "storage.not_configured")
    assert code_of(browser.client.post(PATH, {}, content_type="application/json")) == (400, "storage.not_configured")


@pytest.mark.parametrize("limit", ["UPLOAD_LIMIT_PER_ADDRESS", "UPLOAD_LIMIT_PER_TENANT"])
def test_uploads_of_strangers_are_limited(browser: Browser, settings: Any, limit: str) -> None:
    """Refused ones count too: looking at a picture is what costs."""
    setattr(settings, limit, "2/hour")
    rate_limits.forget()
    browser.start("Register")
    assert upload(browser.client).status_code == 200
    assert upload(browser.client, b"no picture").status_code == 400
    answer = upload(browser.client)
    assert code_of(answer) == (429, "request.rate_limited")
    assert int(answer["Retry-After"]) > 0
    rate_limits.forget()
