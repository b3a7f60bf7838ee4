"""`/console/<tenant>/files/`: a form's picture is uploaded by whoever may change something."""

from typing import Any

import pytest
from django.test import Client

from events.models import AuditLog
from tenants.context import enter_tenant
from tenants.files.models import StoredFile
from tests.pictures import picture

pytestmark = pytest.mark.django_db

PATH = "/console/default/files/"


def send(client: Client, content: bytes, **options: Any) -> Any:
    return client.post(PATH, content, content_type="application/octet-stream", **options)


def test_a_picture_is_stored_in_the_tenant_that_is_open(console: Client) -> None:
    answer = send(console, picture())
    assert answer.status_code == 200
    with enter_tenant("default"):
        file = StoredFile.objects.get()
        assert answer.json() == {"url": file.url}
        assert file.stored_by.startswith("developer ")
        assert AuditLog.objects.filter(key="File.Created", payload__subject__id=file.id).exists()


def test_a_refusal_says_why(console: Client, settings: Any) -> None:
    answer = send(console, b"<script>alert(1)</script>")
    assert (answer.status_code, answer.json()["code"]) == (400, "guard.mime_type_not_allowed")
    assert answer.json()["message"] == "The picture is damaged, or of a kind that is not allowed"
    assert send(console, b"").json()["code"] == "guard.invalid_input"
    assert console.post(PATH, {"file": "x"}).status_code == 400
    settings.MAX_UPLOAD_BYTES = 10
    assert send(console, picture()).json()["message"] == "The file is too large."
    assert send(console, b"x", CONTENT_LENGTH="99999999").status_code == 400
    assert console.get(PATH).status_code == 405


def test_nobody_else_uploads(console: Client) -> None:
    assert send(Client(HTTP_HOST=console.defaults["HTTP_HOST"]), picture()).status_code == 302
    strict = Client(enforce_csrf_checks=True, HTTP_HOST=console.defaults["HTTP_HOST"])
    strict.cookies = console.cookies
    assert send(strict, picture()).status_code == 403
    with enter_tenant("default"):
        assert not StoredFile.objects.exists()
