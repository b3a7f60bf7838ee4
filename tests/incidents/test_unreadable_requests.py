"""Requests that no view could read are refused in the words of the address's protocol; empty answers have no type."""

import json

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from common.wsgi import Handler, Request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

CODECS = ["rot13", "base64", "hex", "zlib", "bz2", "punycode", "idna", "utf-7", "unicode_escape", "undefined"]


@pytest.mark.parametrize("charset", CODECS)
@pytest.mark.parametrize("path", ["/oidc/token", "/oidc/auth", "/api/users", "/sign-in"])
def test_a_codec_that_is_no_charset_is_refused(rf: RequestFactory, path: str, charset: str) -> None:
    """Python's codecs for things other than text were taken from the content type: Django decodes the query while it
    makes the request, and failed with a bare 500 outside of every handler."""
    made = rf.post(f"{path}?a=%C3%A4", b"x=1", content_type="text/plain", headers={"host": "localhost:8000"})
    request = Request(made.environ | {"CONTENT_TYPE": f"text/plain; charset={charset}"})
    response = Handler().get_response(request)
    assert isinstance(response, HttpResponse)
    assert response.status_code == 400
    _has_the_error_body(path, response.content, response["Content-Type"])


@pytest.mark.parametrize("path", ["/oidc/token", "/oidc/auth", "/api/users", "/sign-in", "/console/sign-in"])
def test_more_query_fields_than_are_read_are_refused(client: Client, path: str) -> None:
    """More than a thousand query fields ended in a bare 500."""
    response = client.get(f"{path}?{'a=1&' * 1001}")
    assert response.status_code == 400
    _has_the_error_body(path, response.content, response["Content-Type"])


def _has_the_error_body(path: str, content: bytes, content_type: str) -> None:
    if path.startswith("/oidc/"):
        assert json.loads(content)["error"] == "invalid_request"
    elif path.startswith("/api/"):
        assert json.loads(content)["code"] == "request.invalid_input"
    else:
        assert content_type.startswith("text/html")


def test_the_charsets_of_text_are_read(client: Client) -> None:
    response = client.get("/oidc/jwks?a=1", content_type="text/plain; charset=iso-8859-1")
    assert response.status_code == 200


def test_nothing_has_no_content_type(client: Client) -> None:
    """Empty answers said `text/html`, which oidc-client-ts refuses to read as the end of a revocation."""
    response = client.get("/api/status")
    assert response.status_code == 204
    assert "Content-Type" not in response
    redirect = client.get("/console/")
    assert redirect.content or "Content-Type" not in redirect


@pytest.mark.parametrize("path", ["/console/identity/user/", "/sign-in"])
def test_nul_in_a_query_is_a_bad_request(client: Client, path: str) -> None:
    """A search of the console for `%00` reached PostgreSQL, which fails at a NUL: 500."""
    assert client.get(f"{path}?q=a%00b").status_code == 400
