"""Relying parties next to a running Gatehouse: applications made in the console, each a process of its own."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest

from applications.models import Application
from applications.selectors import secret_value
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.clients.visitor import Visitor
from tests.console.conftest import browser_of, carol, installation  # noqa: F401
from tests.people import PASSWORD

HERE = Path(__file__).parent
APPS = HERE / "apps"

# What a library asks for when it is told nothing, and what an application has that is told nothing either.
RS256, TENANTS_DEFAULT = "RS256", ""


@dataclass(frozen=True)
class RelyingParty:
    """An application that runs; its pages are `/`, `/login`, `/refresh`, `/logout` and `/bye`."""

    origin: str
    client_id: str


def why_missing(script: str, *modules: str) -> str:
    """Why an application cannot run on this machine; empty if it can."""
    if script.endswith(".py"):
        return next((f"{module} is not installed" for module in modules if find_spec(module) is None), "")
    if shutil.which("node") is None:
        return "node is not installed"
    absent = [module for module in modules if not (HERE / "node_modules" / module).is_dir()]
    return f"npm ci --prefix tests/clients was not run: {', '.join(absent)}" if absent else ""


@pytest.fixture
def home(live_server: Any, settings: Any, tmp_path: Path) -> str:
    """The origin of tenant `default`."""
    settings.BASE_URL = live_server.url
    settings.DATA_DIR = tmp_path
    return str(live_server.url)


@pytest.fixture
def alice(home: str, installation: dict[str, Any]) -> User:  # noqa: F811
    with enter_tenant("default"):
        return create_user(
            username="alice", primary_email="alice@example.com", password=PASSWORD, name="Alice Archer", actor=SYSTEM
        )


def link_packages(folder: Path) -> None:
    """Give a folder the installed packages, and a place of its own for what programs keep next to them.

    Vite keeps its cache there: two that ran at once, from one test and another, took each other's away.
    """
    packages = folder / "node_modules"
    packages.mkdir()
    for entry in (HERE / "node_modules").iterdir():
        if entry.name != ".vite":
            (packages / entry.name).symlink_to(entry)


def line_with(output: IO[str], text: str) -> str:
    """The first line that holds the text; fails with everything that was printed instead."""
    printed = []
    for line in output:
        printed.append(line)
        if text in line:
            return line
    raise AssertionError("".join(printed))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def create_in_console(home: str, developer: User, kind: str, **changes: str) -> Application:
    """Fill in the console's form for a new application, and leave everything as it stands but for the changes."""
    browser, host = browser_of(developer), f"admin.{urlsplit(home).netloc}"
    address = f"/console/default/applications/application/add/?type={kind}"
    form = browser.get(address, headers={"Host": host}).context["adminform"].form
    stands = {name: form[name].value() for name in form.fields}
    sent = {name: "on" if value is True else value for name, value in stands.items() if value}
    answer = browser.post(address, {**sent, **changes}, headers={"Host": host})
    assert answer.status_code == 302, answer.context["errors"]
    with enter_tenant("default"):
        found = re.search("/application/([^/]+)/change/", answer["Location"])
        assert found is not None
        return Application.objects.get(id=found[1])


@contextmanager
def _running(script: str, client: dict[str, Any]) -> Iterator[None]:
    name = script.partition(".")[0]
    is_node = script.endswith(".mjs")
    command = ["node", str(APPS / script)] if is_node else [sys.executable, "-m", f"tests.clients.apps.{name}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "PYTEST"))}
    log = Path(str(client.pop("log")))
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=HERE.parent.parent,
            env={**environment, "CLIENT": json.dumps(client)},
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", log.read_text()
            yield
        finally:
            process.kill()
            process.communicate()
            # Shown by pytest if the test failed.
            print(log.read_text())


@pytest.fixture
def run(home: str, alice: User, carol: User, tmp_path: Path) -> Iterator[Callable[..., RelyingParty]]:  # noqa: F811
    """Make an application in the console and start it."""
    with ExitStack() as stack:

        def start(
            script: str, *, kind: str = "Traditional", algorithm: str = RS256, callback: str = "/callback"
        ) -> RelyingParty:
            port = free_port()
            origin = f"http://127.0.0.1:{port}"
            application = create_in_console(
                home,
                carol,
                kind,
                name="The shop",
                redirect_uris_=f"{origin}{callback}",
                post_logout_uris=f"{origin}/bye",
                id_token_algorithm=algorithm,
            )
            with enter_tenant("default"):
                secret = application.secrets.first()
                client = {
                    "issuer": f"{home}/oidc",
                    "id": application.id,
                    "secret": secret_value(secret) if secret else None,
                    "algorithm": algorithm or "ES256",
                    "origin": origin,
                    "port": port,
                    "log": tmp_path / "application.log",
                }
            stack.enter_context(_running(script, client))
            return RelyingParty(origin, application.id)

        yield start


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    visitor = Visitor()
    yield visitor
    visitor.close()
