"""The console's quick starts, taken from an application's page and run as they stand, in an empty folder.

They were pieces before: the one for web applications used an `app` that nothing made and named no callback address,
the device's showed a redirect, the machine's token had no permission.
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from access.management import MANAGEMENT_ROLE_NAME
from access.models import Role
from applications.models import Application
from applications.selectors import secret_value
from identity.models import User
from tenants.context import enter_tenant
from tests.chromium import CHROMIUM
from tests.clients.conftest import create_in_console, free_port, line_with, link_packages, why_missing
from tests.clients.visitor import Visitor
from tests.console.conftest import browser_of, carol  # noqa: F401
from tests.people import PASSWORD

MISSING = why_missing("app.mjs", "@logto/express", "@logto/browser", "express-session", "openid-client", "vite")

pytestmark = [
    pytest.mark.sdk,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
]

_BUTTON = re.compile(r'<button[^>]* data-copy="([^"]*)"(?: data-file="([^"]*)")?')


@dataclass
class QuickStart:
    """What the page says: files with their text, and lines for a terminal."""

    files: dict[str, str]
    commands: list[str]
    page: str


@dataclass
class Shop:
    """The application, and its developer at work."""

    application: Application
    quick_start: QuickStart
    folder: Path
    processes: list[subprocess.Popen[str]]

    def run(self) -> IO[str]:
        """Paste everything; return what the last command prints. Only the packages are there already."""
        link_packages(self.folder)
        for name, text in self.quick_start.files.items():
            (self.folder / name).write_text(text)
        with enter_tenant("default"):
            secret = self.application.secrets.first()
            value = secret_value(secret) if secret else ""
        commands = [line for line in self.quick_start.commands if not line.startswith("npm install ")]
        script = "\n".join(commands).replace("paste it here", value)
        names = ("DJANGO", "PYTEST", "APP_SECRET")
        bare = {name: value for name, value in os.environ.items() if not name.startswith(names)}
        process = subprocess.Popen(
            # What hangs is ended, and fails the test instead of holding it up.
            ["timeout", "60", "bash", "-euc", script],
            cwd=self.folder,
            # Build servers set CI, by which some programs color what nobody sees.
            env={**bare, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.processes.append(process)
        assert process.stdout is not None
        return process.stdout


def read_page(home: str, developer: User, application: Application) -> QuickStart:
    """What an application's page offers to copy below its quick start."""
    host = f"admin.{urlsplit(home).netloc}"
    address = f"/console/default/applications/application/{application.id}/change/"
    page = browser_of(developer).get(address, headers={"Host": host}).content.decode()
    guide = page.partition('class="gh-guide"')[2].partition("</details>")[0]
    found = [(unescape(text), name) for text, name in _BUTTON.findall(guide)]
    return QuickStart({name: text for text, name in found if name}, [text for text, name in found if not name], guide)


@pytest.fixture
def shop(home: str, alice: User, carol: User, tmp_path: Path) -> Iterator[Callable[..., Shop]]:  # noqa: F811
    """Make an application in the console, and open its page."""
    processes: list[subprocess.Popen[str]] = []

    def make(kind: str, **fields: str) -> Shop:
        application = create_in_console(home, carol, kind, name="The shop", **fields)
        folder = tmp_path / "empty"
        folder.mkdir()
        return Shop(application, read_page(home, carol, application), folder, processes)

    yield make
    for process in processes:
        os.killpg(process.pid, 9)
        process.communicate()


def sign_in(visitor: Visitor) -> Visitor:
    return visitor.press(identifier="alice@example.com").press(password=PASSWORD)


def test_a_web_application(shop: Callable[..., Shop], visitor: Visitor, alice: User) -> None:
    origin = f"http://localhost:{free_port()}"
    made = shop("Traditional", redirect_uris_=f"{origin}/logto/sign-in-callback", post_logout_uris=origin)
    line_with(made.run(), f"Open {origin}")
    visitor.go(f"{origin}/logto/sign-in")
    assert f"Signed in as {alice.id}" in sign_in(visitor).page.text
    assert "Sign in" in visitor.go(f"{origin}/logto/sign-out").press().page.text


def test_what_must_be_registered_is_named(shop: Callable[..., Shop]) -> None:
    made = shop("Traditional", redirect_uris_="https://shop.example.com/elsewhere")
    assert "http://localhost:3000/logto/sign-in-callback" in made.quick_start.page
    assert made.quick_start.page.count("not set yet") == 2


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: run .ci/tools as root")
def test_a_single_page_application(shop: Callable[..., Shop], new_page: Any, alice: User) -> None:
    origin = f"http://localhost:{free_port()}"
    made = shop("SPA", redirect_uris_=f"{origin}/callback", post_logout_uris=origin)
    line_with(made.run(), "Local:")
    page = new_page()
    page.goto(origin)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Email").fill("alice@example.com")
    page.keyboard.press("Enter")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Signed in as {alice.id}")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{origin}/")


def test_a_native_application(shop: Callable[..., Shop], visitor: Visitor, alice: User) -> None:
    made = shop("Native", redirect_uris_=f"http://127.0.0.1:{free_port()}/callback")
    output = made.run()
    visitor.go(line_with(output, "Open ").split()[1])
    assert "You are signed in" in sign_in(visitor).page.text
    assert line_with(output, "Signed in") == f"Signed in as {alice.id}, with a refresh token\n"


def test_a_device(shop: Callable[..., Shop], visitor: Visitor, alice: User) -> None:
    made = shop("Native", device_flow="on")
    assert "Redirect URI" not in made.quick_start.page
    output = made.run()
    found = re.search(r"Open (\S+) and enter (\S+)", line_with(output, "Open "))
    assert found is not None
    visitor.go(found[1]).press(user_code=found[2])
    sign_in(visitor).press(action="allow")
    assert line_with(output, "Signed in") == f"Signed in as {alice.id}, with a refresh token\n"


def test_a_machine(shop: Callable[..., Shop], alice: User) -> None:
    with enter_tenant("default"):
        role = Role.objects.get(name=MANAGEMENT_ROLE_NAME)
    made = shop("MachineToMachine", role_ids=str(role.id))
    assert "not set yet" not in made.quick_start.page
    assert alice.id in made.run().read()


def test_a_machine_without_a_role_is_told_what_it_lacks(shop: Callable[..., Shop]) -> None:
    assert "not set yet" in shop("MachineToMachine").quick_start.page
