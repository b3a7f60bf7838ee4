"""The short way to the provider's endpoints answers what the long way does, byte for byte."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from applications.models import Application
from config.machine_paths import MachinePaths
from tenants.configuration import settle
from tenants.models import Tenant

pytestmark = pytest.mark.django_db

Answer = tuple[str, list[tuple[str, str]], bytes]


def _ask(application: Any, method: str, path: str, *, query: str = "", body: bytes = b"", **environ: str) -> Answer:
    given = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "localhost:8000",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        **environ,
    }
    started: list[tuple[str, list[tuple[str, str]]]] = []
    answer = application(given, lambda status, headers: started.append((status, headers)))
    content = b"".join(answer)
    return started[0][0], sorted(started[0][1]), content


@pytest.fixture
def long_way(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[WSGIHandler]:
    """Django's own way; as in its test client, a request does not close the test's connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    monkeypatch.setattr("config.machine_paths.close_old_connections", lambda: None)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def short_way(long_way: WSGIHandler) -> MachinePaths:
    return MachinePaths(long_way)


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("GET", "/oidc/.well-known/openid-configuration", {}),
        ("GET", "/oidc/jwks", {}),
        ("HEAD", "/oidc/jwks", {}),
        ("GET", "/oidc/jwks", {"HTTP_ORIGIN": "https://app.example.com"}),
        ("GET", "/oidc/jwks", {"HTTP_HOST": "nobody.localhost:8000"}),
        ("GET", "/oidc/jwks", {"HTTP_HOST": "bad host"}),
        ("GET", "/oidc/jwks", {"HTTP_IF_NONE_MATCH": "*"}),
        ("DELETE", "/oidc/jwks", {}),
        ("POST", "/oidc/token", {}),
        ("POST", "/oidc/token", {"body": b"grant_type=client_credentials&client_id=nobody&client_secret=x"}),
        ("OPTIONS", "/oidc/token", {"HTTP_ORIGIN": "https://a.example", "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST"}),
        ("GET", "/oidc/me", {}),
        ("GET", "/oidc/me", {"HTTP_AUTHORIZATION": "Bearer nothing"}),
        ("POST", "/oidc/token/introspection", {"body": b"token=x"}),
        ("GET", "/oidc/auth", {}),
        ("GET", "/oidc/auth", {"query": "client_id=nobody&redirect_uri=https://evil.example"}),
        ("GET", "/oidc/nowhere", {}),
        ("GET", "/healthz", {}),
    ],
)
def test_both_ways_answer_alike(
    short_way: MachinePaths, long_way: WSGIHandler, method: str, path: str, more: dict[str, Any]
) -> None:
    short, long = _ask(short_way, method, path, **more), _ask(long_way, method, path, **more)
    assert _without_chance(short) == _without_chance(long)


def _without_chance(answer: Answer) -> Answer:
    """A page's nonce and trace id are different each time."""
    status, headers, content = answer
    is_page = any(value.startswith("text/html") for name, value in headers if name == "Content-Type")
    return status, [(name, "" if "Policy" in name else value) for name, value in headers], b"" if is_page else content


def test_a_kept_document_ends_with_its_configuration(short_way: MachinePaths, settings: Any) -> None:
    settle()
    settings.CONFIGURATION_LEASE = 60
    before = _ask(short_way, "GET", "/oidc/jwks")
    assert len(short_way._documents) == 1
    assert _ask(short_way, "GET", "/oidc/jwks") == before
    (document,) = short_way._documents.values()
    assert document.is_current()
    Application.objects.create(name="new", type="SPA")
    assert not document.is_current()


def test_a_document_is_kept_for_each_address_alone(short_way: MachinePaths, settings: Any) -> None:
    settle()
    settings.CONFIGURATION_LEASE = 60
    path = "/oidc/.well-known/openid-configuration"
    for _ in range(2):
        for host in ("localhost:8000", "127.0.0.1:8000", "acme.localhost:8000"):
            status, _headers, content = _ask(short_way, "GET", path, HTTP_HOST=host)
            assert status == "200 OK"
            assert f'"http://{host}/oidc"'.encode() in content


def test_made_up_ports_do_not_fill_the_memory(
    short_way: MachinePaths, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    settings.CONFIGURATION_LEASE = 60
    monkeypatch.setattr("config.machine_paths._MOST_DOCUMENTS", 5)
    for port in range(20):
        _ask(short_way, "GET", "/oidc/jwks", HTTP_HOST=f"localhost:{port + 1}")
    assert len(short_way._documents) <= 5
