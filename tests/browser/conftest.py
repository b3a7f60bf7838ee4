"""Chromium at a running Gatehouse: tenant `default` at the live server's host, and an application next to it."""

import socket
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings as configuration

from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from connectors.services.connectors import create_connector
from experience.services.settings import update_sign_in_experience
from identity.models import User
from identity.services.users import create_user
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.applications.agents import web  # noqa: F401
from tests.browser.providers import traveler  # noqa: F401
from tests.chromium import CHROMIUM
from tests.console.conftest import browser_of, carol, installation  # noqa: F401

PASSWORD = "walnut tractor 51"
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 32"><rect width="96" height="32" rx="8"/></svg>'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed: run .ci/tools as root"))


class _AppHandler(BaseHTTPRequestHandler):
    """The application: any page says its own address, `/callback` leads to another origin as many real ones do."""

    def do_GET(self) -> None:
        if self.path.startswith("/callback"):
            self.send_response(302)
            assert isinstance(self.server, HTTPServer)
            query = self.path.partition("?")[2]
            self.send_header("Location", f"http://[::1]:{self.server.server_port}/home?{query}")
            self.end_headers()
            return
        is_image = self.path.endswith(".svg")
        self.send_response(200)
        self.send_header("Content-Type", "image/svg+xml" if is_image else "text/html")
        self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.end_headers()
        self.wfile.write(LOGO if is_image else b"<!doctype html><title>The shop</title><link rel=icon href=data:,>")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""


class _DualStackServer(ThreadingHTTPServer):
    """Listens on both loopback addresses, so that one server has two origins."""

    def __init__(self) -> None:
        self.address_family = socket.AF_INET6
        super().__init__(("::", 0), _AppHandler)

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The origin of the application."""
    server = _DualStackServer()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(live_server: Any, settings: Any) -> str:
    """The origin of tenant `default`."""
    settings.BASE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def application(home: str, tenants: dict[str, Tenant], app_url: str) -> Application:
    with enter_tenant("default"):
        for channel in ("email", "sms"):
            create_connector(factory_id=f"development-mailbox-{channel}", config={}, actor=SYSTEM)
        update_sign_in_experience(
            {
                "signUp": {"identifiers": ["email"], "password": True, "verify": True},
                "signIn": {
                    "methods": [
                        _method("email", password=True, code=True),
                        _method("username", password=True, code=False),
                    ]
                },
                "forgotPasswordMethods": ["EmailVerificationCode"],
            },
            actor=SYSTEM,
        )
        uris = {"redirectUris": [f"{app_url}/callback"], "postLogoutRedirectUris": [f"{app_url}/bye"]}
        return create_application(name="Orchard Travel", type="SPA", oidc_client_metadata=uris, actor=SYSTEM)


def _method(identifier: str, *, password: bool, code: bool) -> dict[str, Any]:
    return {"identifier": identifier, "password": password, "verificationCode": code, "isPasswordPrimary": True}


@pytest.fixture
def alice(application: Application) -> User:
    with enter_tenant("default"):
        return create_user(username="alice", primary_email="alice@example.com", password=PASSWORD, actor=SYSTEM)


@pytest.fixture
def authorize(application: Application, home: str, app_url: str) -> Callable[..., str]:
    """The address by which the application sends its users to sign in."""

    def address(**extra: str) -> str:
        parameters = {
            "client_id": application.id,
            "redirect_uri": f"{app_url}/callback",
            "response_type": "code",
            "scope": "openid profile",
            "state": "s",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
            **extra,
        }
        return f"{home}/oidc/auth?{urlencode(parameters)}"

    return address


@pytest.fixture
def sign_out_address(application: Application, home: str, app_url: str) -> str:
    parameters = {"client_id": application.id, "post_logout_redirect_uri": f"{app_url}/bye"}
    return f"{home}/oidc/session/end?{urlencode(parameters)}"


@pytest.fixture
def read_code(new_page: Callable[..., Any], home: str) -> Callable[[str], str]:
    """Read the newest code sent to an address, from the development mailbox as a developer does."""

    def read(address: str) -> str:
        page = new_page()
        page.goto(f"{home}/development/mailbox")
        message = page.locator("article", has=page.get_by_text(address, exact=True)).first
        code = str(message.locator("output").text_content())
        page.close()
        return code

    return read


@pytest.fixture
def console_address(home: str) -> str:
    """Where the console of tenant `default` begins."""
    return f"http://admin.{urlsplit(home).netloc}/console/default"


@pytest.fixture
def developer_page(console_address: str, carol: User, new_page: Callable[..., Any]) -> Callable[..., Any]:  # noqa: F811
    """Open an empty page in a window in which carol is signed in to the console."""
    cookie = browser_of(carol).cookies[configuration.SESSION_COOKIE_NAME]

    def open_page(**options: Any) -> Any:
        page = new_page(**options)
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": console_address}])
        return page

    return open_page


@pytest.fixture
def at_work(console_address: str, developer_page: Callable[..., Any]) -> Callable[..., Any]:
    """Open a page of tenant `default` in a window in which carol is signed in to the console."""

    def open_page(path: str, **options: Any) -> Any:
        page = developer_page(**options)
        page.goto(f"{console_address}/{path}")
        return page

    return open_page
