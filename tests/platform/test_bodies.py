"""Bodies under any server: read in chunks or not, bounded before they are read, and without files."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParserError
from django.test import Client

from common.wsgi import Handler, Request
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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        (
            "/oidc/token",
            b"grant_type=client_credentials&client_id=nobody&client_secret=x",
            "400",
            b"invalid client nobody",
        ),
        ("/sign-in", b"csrfmiddlewaretoken=" + b"a" * 32, "303", b""),
    ],
)
def test_chunks_reach_the_provider_and_the_pages(
    tenant: Tenant, path: str, body: bytes, status: str, said: bytes
) -> None:
    """They were answered as if nothing had been sent: a grant without a type, a form without its CSRF token."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "localhost:8000",
        "HTTP_COOKIE": f"_csrf={'a' * 32}",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    answered: list[str] = []
    content = b"".join(Handler()(environ, lambda line, headers: answered.append(line)))
    assert answered[0].startswith(status)
    assert said in content


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
