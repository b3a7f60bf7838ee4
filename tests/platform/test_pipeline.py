"""One handler answers every request, in production and in tests; machine endpoints run no middleware of pages."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client

from applications.models import Application
from common import wsgi
from common.pipeline import Pipeline
from common.wsgi import Handler
from tenants.configuration import settle
from tenants.models import Tenant
from tests.platform.wsgi_calls import call

pytestmark = pytest.mark.django_db

DISCOVERY = "/oidc/.well-known/openid-configuration"


@pytest.fixture
def application(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Handler:
    """The application of `config.wsgi`; its requests leave the connection of their test open."""
    monkeypatch.setattr(wsgi, "close_old_connections", lambda: None)
    return Handler()


@pytest.fixture
def leased(settings: Any) -> None:
    """The configuration is trusted for long, so that documents are kept."""
    settle()
    settings.CONFIGURATION_LEASE = 60


def test_the_entry_point_is_this_handler() -> None:
    from config.wsgi import application

    assert type(application) is Handler


class Passed:
    """A middleware that says that it ran."""

    name = ""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponse = self.get_response(request)
        response.headers["Passed"] = f"{self.name} {response.headers.get('Passed', '')}".strip()
        return response


class PassedEvery(Passed):
    name = "every"


class PassedPage(Passed):
    name = "page"


class PassedConsole(Passed):
    name = "console"


@pytest.mark.parametrize(
    ("host", "path", "passed"),
    [
        ("localhost", "/oidc/token", "every"),
        ("localhost", "/oidc/nowhere", "every"),
        ("localhost", "/oidc/jwks", "every"),
        ("localhost", "/api/users", "every"),
        ("localhost", "/api/nowhere", "every"),
        ("localhost", "/.well-known/oauth-authorization-server/oidc", "every"),
        ("localhost", "/healthz", "every"),
        ("localhost", "/sign-in", "every page"),
        ("localhost", "/nowhere", "every page"),
        ("localhost", "/", "every page"),
        ("admin.localhost", "/console/sign-in", "every page console"),
        ("admin.localhost", "/console/default/", "every page console"),
    ],
)
def test_each_address_has_its_chain(
    client: Client, tenants: dict[str, Tenant], settings: Any, host: str, path: str, passed: str
) -> None:
    for name, kind in (("MIDDLEWARE", "Every"), ("PAGE_MIDDLEWARE", "Page"), ("CONSOLE_MIDDLEWARE", "Console")):
        setattr(settings, name, [f"{__name__}.Passed{kind}", *getattr(settings, name)])
    assert client.get(path, HTTP_HOST=f"{host}:8000")["Passed"] == passed


def test_the_handler_calls_each_chain_alone(tenant: Tenant, settings: Any) -> None:
    """Pages' middleware is in no other chain, by its settings."""
    handler = Pipeline()
    handler.load_middleware()
    every, pages, console = (set(chain._middleware) for chain in (handler._machines, handler._pages, handler._console))
    assert every < pages < console
    assert every.isdisjoint(settings.PAGE_MIDDLEWARE)
    assert pages.isdisjoint(settings.CONSOLE_MIDDLEWARE)


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("GET", DISCOVERY, {}),
        ("GET", "/oidc/jwks", {}),
        ("HEAD", "/oidc/jwks", {}),
        ("GET", "/oidc/jwks", {"HTTP_ORIGIN": "https://app.example.com"}),
        ("GET", "/oidc/jwks", {"HTTP_HOST": "nobody.localhost:8000"}),
        ("GET", "/oidc/jwks", {"HTTP_HOST": "bad host"}),
        ("GET", "/oidc/jwks", {"HTTP_IF_NONE_MATCH": "*"}),
        ("DELETE", "/oidc/jwks", {}),
        ("POST", "/oidc/token", {}),
        ("OPTIONS", "/oidc/token", {"HTTP_ORIGIN": "https://a.example", "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST"}),
        ("GET", "/oidc/me", {}),
        ("GET", "/oidc/me", {"HTTP_AUTHORIZATION": "Bearer nothing"}),
        ("GET", "/oidc/auth", {}),
        ("GET", "/oidc/nowhere", {}),
        ("GET", "/api/users", {}),
        ("GET", "/api/status", {}),
        ("GET", "/healthz", {}),
        ("GET", "/sign-in", {}),
        ("GET", "/nowhere", {}),
        ("GET", "/console/", {"HTTP_HOST": "admin.localhost:8000"}),
    ],
)
def test_the_test_client_sees_what_goes_over_the_wire(
    client: Client, application: Handler, method: str, path: str, more: dict[str, Any]
) -> None:
    """The token path was a second WSGI application that no test took but its own."""
    sent = call(application, method, path, **more)
    seen = client.generic(method, path, content_type="application/x-www-form-urlencoded", **more)
    assert f"{seen.status_code} {seen.reason_phrase}" == sent.status
    headers = [*seen.items(), *(("Set-Cookie", cookie.output(header="")) for cookie in seen.cookies.values())]
    assert _without_chance(sorted(headers)) == _without_chance(sent.headers)


def _without_chance(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Nonces, tokens and times are different each time, and so is the length of what has them."""
    by_chance = {"Content-Security-Policy", "Set-Cookie", "Content-Length", "Expires"}
    return [(name, "" if name in by_chance else value) for name, value in headers]


def test_a_kept_document_ends_with_its_configuration(application: Handler, leased: None) -> None:
    before = call(application, "GET", "/oidc/jwks")
    (document,) = application.documents._kept.values()
    assert document.is_current()
    assert call(application, "GET", "/oidc/jwks") == before
    Application.objects.create(name="new", type="SPA")
    assert not document.is_current()


def test_a_document_is_kept_for_each_host_alone(application: Handler, leased: None) -> None:
    for _ in range(2):
        for host in ("localhost:8000", "127.0.0.1:8000", "acme.localhost:8000"):
            answer = call(application, "GET", DISCOVERY, HTTP_HOST=host)
            assert answer.status == "200 OK"
            assert f'"http://{host}/oidc"'.encode() in answer.body
    assert len(application.documents._kept) == 3


@pytest.mark.parametrize(
    "changed", [{"HTTP_ORIGIN": "https://a.example"}, {"HTTP_IF_NONE_MATCH": "*"}, {"query": "a=1"}, {"method": "HEAD"}]
)
def test_what_is_asked_for_otherwise_is_not_answered_from_what_is_kept(
    application: Handler, leased: None, changed: dict[str, Any]
) -> None:
    plain = call(application, "GET", "/oidc/jwks")
    asked: dict[str, Any] = {"method": "GET", "path": "/oidc/jwks", **changed}
    other = call(application, **asked)
    assert len(application.documents._kept) == 1
    assert call(application, "GET", "/oidc/jwks") == plain
    assert other == call(Handler(), **asked)


def test_a_made_up_host_is_not_kept_in_memory(application: Handler, leased: None, settings: Any) -> None:
    """2,400 requests with 288 kB of `Host`, `X-Forwarded-Host` or `X-Forwarded-Proto` left 280 MB in each worker."""
    settings.TRUST_PROXY_HEADERS = True
    for number in range(50):
        made_up = f"{'x' * 200}{number}"
        spellings: list[dict[str, Any]] = [
            {"HTTP_HOST": f"localhost:{number}"},
            {"HTTP_HOST": f"{'LOCALHOST'[: number % 9]}{'localhost'[number % 9 :]}:1{number}"},
            {"HTTP_HOST": f"{made_up}.localhost:8000"},
            {"HTTP_X_FORWARDED_HOST": f"{made_up}.example"},
            {"HTTP_X_FORWARDED_HOST": f"localhost:{number}", "HTTP_X_FORWARDED_PROTO": made_up},
        ]
        for more in spellings:
            call(application, "GET", DISCOVERY, **more)
    assert not application.documents._kept
    call(application, "GET", DISCOVERY)
    assert list(application.documents._kept) == [(DISCOVERY, "localhost:8000")]
