"""Bodies under any server: read in chunks or not, bounded before they are read, and without files."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParserError
from django.test import Client

from common.wsgi import Request
from tenants.models import Tenant

MEGABYTE = 1_048_576


def _chunked(body: bytes) -> Request:
    """A request as a server makes it that reads chunks and tells no length (RFC 9112 section 7.1)."""
    return Request(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/api/users",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "HTTP_TRANSFER_ENCODING": "chunked",
            "wsgi.input": io.BufferedReader(io.BytesIO(body)),  # type: ignore[arg-type]
        }
    )


def test_a_chunked_body_is_read_like_any() -> None:
    """`Transfer-Encoding: chunked` made an empty user, and was refused as an empty request elsewhere."""
    request = _chunked(b"name=x&name=y")
    assert request.body == b"name=x&name=y"
    assert request.POST.getlist("name") == ["x", "y"]
    assert request.META["CONTENT_LENGTH"] == "13"


def test_a_chunked_body_that_is_too_large_is_not_kept() -> None:
    request = _chunked(b"a" * 3 * MEGABYTE)
    assert request.META["CONTENT_LENGTH"] == str(MEGABYTE + 1)
    assert request.environ["wsgi.input"].read() == b""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "code"),
    [("/oidc/token", "oidc.invalid_request"), ("/api/users", "guard.body_too_large"), ("/sign-in", None)],
)
def test_a_body_that_is_too_large_is_refused_in_the_words_of_its_address(
    client: Client, tenant: Tenant, path: str, code: str | None
) -> None:
    answer = client.post(path, b"a" * (MEGABYTE + 1), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    if code:
        assert answer.json()["code"] == code
    else:
        assert "too large" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["9" * 5000, "-1", "one", "²"])
def test_a_length_that_is_no_number_is_no_failure(client: Client, tenant: Tenant, length: str) -> None:
    answer = client.generic("POST", "/oidc/token", b"a", CONTENT_LENGTH=length)
    assert answer.status_code in (400, 413)


@pytest.mark.django_db
def test_files_are_refused_and_not_stored(tenant: Tenant) -> None:
    """The check of the CSRF token reads the form of everybody, so anybody could fill the disk."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["_csrf"] = "a" * 32
    answer = client.post("/sign-in", {"identifier": "alice", "picture": SimpleUploadedFile("a.png", b"a" * 1000)})
    assert answer.status_code == 400


def test_a_form_with_a_file_is_not_parsed(rf: Any) -> None:
    request = rf.post("/", {"file": SimpleUploadedFile("a.png", b"a")})
    with pytest.raises(MultiPartParserError):
        _ = request.POST
