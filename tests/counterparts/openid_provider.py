"""An OpenID provider of somebody else, as a process: npm `oidc-provider` with its own pages.

`run_openid_provider(redirect_uris=[...])` starts one. Its first page takes a `login` (of `accounts`) and any password,
its second asks for consent: `Visitor.go(url).press(login="dana", password="any").press()` gets through both, as do
a browser's fields `login` and `password` and its submit buttons.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.clients.conftest import free_port
from tests.clients.visitor import Visitor

HERE = Path(__file__).parent
CLIENT_ID = "gatehouse"
# With signs that a client must encode for HTTP Basic (RFC 6749 section 2.3.1).
CLIENT_SECRET = "s3cret:with+signs%and=more-than-32-bytes"

ACCOUNTS: Mapping[str, Mapping[str, Any]] = {
    "dana": {
        "name": "Dana Delgado",
        "email": "dana@idp.example",
        "email_verified": True,
        "picture": "https://idp.example/dana.png",
        "phone_number": "+12025550117",
        "phone_number_verified": True,
    },
    "erin": {"name": "Erin Ekberg", "email": "erin@idp.example", "email_verified": False},
}


@dataclass(frozen=True)
class OpenIdProvider:
    """A provider that runs."""

    issuer: str
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    accounts: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: ACCOUNTS)

    @property
    def oidc_config(self) -> dict[str, Any]:
        """The configuration of an `oidc` connector for it."""
        return {
            "authorizationEndpoint": f"{self.issuer}/auth",
            "tokenEndpoint": f"{self.issuer}/token",
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
            "tokenEndpointAuthMethod": "client_secret_basic",
            "scope": "profile email phone",
            "idTokenVerificationConfig": {"jwksUri": f"{self.issuer}/jwks", "issuer": self.issuer},
        }


def why_missing() -> str:
    """Why the provider cannot run on this machine; empty if it can."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not (HERE / "node_modules" / "oidc-provider").is_dir():
        return "npm ci --prefix tests/counterparts was not run"
    return ""


@contextmanager
def running_node(script: str, environment: Mapping[str, str]) -> Iterator[None]:
    """Run a program of this folder that prints `ready` once it listens."""
    process = subprocess.Popen(
        ["node", script],
        cwd=HERE,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", f"{script} did not start"
        yield
    finally:
        process.kill()
        process.communicate()


@contextmanager
def openid_provider(
    *,
    redirect_uris: Sequence[str],
    accounts: Mapping[str, Mapping[str, Any]] = ACCOUNTS,
    configuration: Mapping[str, Any] | None = None,
    **client: Any,
) -> Iterator[OpenIdProvider]:
    """Run a provider with one client; `client` changes its metadata, `configuration` that of `oidc-provider`."""
    port = free_port()
    registered = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uris": list(redirect_uris),
        "grant_types": ["authorization_code", "refresh_token"],
        **client,
    }
    provider = {
        "port": port,
        "clients": [registered],
        "accounts": accounts,
        "configuration": configuration or {},
    }
    with running_node("openid_provider.mjs", {"PROVIDER": json.dumps(provider)}):
        yield OpenIdProvider(f"http://127.0.0.1:{port}", accounts=accounts)


class _CalledBackError(Exception):
    """The browser is sent to the client: with what."""


def sign_in_at_provider(url: str, *, callback: str, login: str) -> dict[str, str]:
    """Sign in and consent at the provider; returns the parameters that the browser is sent back with."""
    visitor = Visitor()

    def stop(request: httpx.Request) -> None:
        if str(request.url).startswith(callback):
            raise _CalledBackError(str(request.url))

    visitor.http.event_hooks = {"request": [stop]}
    try:
        visitor.go(url).press(login=login, password="any").press()
    except _CalledBackError as called:
        return dict(parse_qsl(urlsplit(str(called)).query))
    finally:
        visitor.close()
    raise AssertionError(f"the provider did not return\n{visitor.page.text[:500]}")


@pytest.fixture
def run_openid_provider() -> Iterator[Callable[..., OpenIdProvider]]:
    """Start providers as `openid_provider` does; the test is skipped on a machine without Node.js."""
    if reason := why_missing():
        pytest.skip(reason)
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(openid_provider(**options))
