"""The example product of the tutorial: it says why it does not start, and why it was refused something.

It ended with a stack trace if a port was taken, and showed an empty page if an organization refused its token.
"""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from applications.models import Application
from common.actors import SYSTEM
from console.bootstrap import BootstrapOptions, bootstrap
from identity.services.users import create_user
from organizations.services.members import add_members
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tests.chromium import CHROMIUM
from tests.clients.conftest import HERE, free_port, line_with, link_packages, why_missing
from tests.people import PASSWORD

MISSING = why_missing("start.mjs", "@logto/browser", "jose", "vite")
ROOT = HERE.parent.parent

pytestmark = [
    pytest.mark.sdk,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
]


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A copy of the example with its packages."""
    folder = tmp_path / "documind"
    shutil.copytree(ROOT / "examples" / "documind", folder, ignore=shutil.ignore_patterns("node_modules"))
    link_packages(folder)
    return folder


@pytest.fixture
def environment(home: str, tmp_path: Path) -> dict[str, str]:
    """Where the running Gatehouse is, and a port that is registered."""
    setup, port = bootstrap(BootstrapOptions.from_environment()), free_port()
    origin = f"http://localhost:{port}"
    with enter_tenant("default"):
        Application.objects.filter(id=setup["demoApp"]["clientId"]).update(
            oidc_client_metadata={"redirectUris": [f"{origin}/callback"], "postLogoutRedirectUris": [f"{origin}/"]}
        )
    file = tmp_path / "setup.json"
    file.write_text(json.dumps({**setup, "demoApp": {**setup["demoApp"], "redirectUri": f"{origin}/callback"}}))
    return {**os.environ, "GATEHOUSE_SETUP": str(file), "NO_COLOR": "1"}


def start(product: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = ["timeout", "--foreground", "60", "node", "start.mjs"]
    return subprocess.Popen(
        command,
        cwd=product,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def address(product: Path, environment: dict[str, str]) -> Iterator[str]:
    process = start(product, environment)
    try:
        assert process.stdout is not None
        yield line_with(process.stdout, "DocuMind is at ").split()[3]
    finally:
        os.killpg(process.pid, 9)
        process.communicate()


def test_a_taken_port_is_named(product: Path, environment: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = start(product, {**environment, "DOCUMIND_PORT": str(port)})
        output, _ = process.communicate()
    assert process.returncode == 1
    line = output.splitlines()[-1]
    assert line.startswith(f"Port {port} cannot be used:")
    assert f"DOCUMIND_PORT={port + 1}" in line
    assert "    at " not in output, "a stack trace"


def test_a_gatehouse_that_is_not_there_is_named(product: Path, environment: dict[str, str], tmp_path: Path) -> None:
    setup = json.loads(Path(environment["GATEHOUSE_SETUP"]).read_text())
    nowhere = f"http://localhost:{free_port()}"
    Path(environment["GATEHOUSE_SETUP"]).write_text(
        json.dumps({**setup, "endpoint": nowhere, "issuer": f"{nowhere}/oidc"})
    )
    output, _ = start(product, environment).communicate()
    assert output == f"Gatehouse does not answer at {nowhere}. Is it running (`make run`)?\n"


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: run .ci/tools as root")
def test_a_refused_organization_is_shown_with_the_reason(address: str, chromium: Any) -> None:
    with enter_tenant("default"):
        user = create_user(username="alice", primary_email="alice@example.com", password=PASSWORD, actor=SYSTEM)
        organization = create_organization(name="Wayne", actor=SYSTEM)
        add_members(organization, user_ids=[user.id], actor=SYSTEM)
    # The browser itself reports the refusal, which is not to be counted as a complaint of the page.
    page = chromium.new_context(locale="en-US").new_page()
    page.goto(address)
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=identifier]").fill("alice@example.com")
    page.keyboard.press("Enter")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("read:documents is missing")
    expect(page.get_by_role("heading", name="New workspace")).to_be_visible()
    page.context.close()
