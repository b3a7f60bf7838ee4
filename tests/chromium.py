"""Chromium for the tests of pages and of clients that run in a browser."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

#: A whole browser, which has settings.
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
#: The headless shell takes half the processor time of a whole browser that shows no window.
CHROMIUM = shutil.which("chromium-headless-shell") or BROWSER

# Milliseconds that a page has for anything, on a machine that does something else as well.
PATIENCE = 30_000

# Chromium does not ask the internet for anything of its own.
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for the whole run: a thread cannot have two of Playwright's event loops."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    # Playwright's event loop runs in this thread, where Django would refuse to use the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    playwright.expect.set_options(timeout=PATIENCE)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open a window of a fresh browser profile; at the end no window may have complained."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def complain(line: Any) -> None:
        # Refusals by the API that a script asked are answers to it, which the browser reports all the same.
        is_answer = line.text.startswith("Failed to load resource") and "/api/experience/" in line.location["url"]
        # A preview shows the picture whose address was just typed, of a host that nobody has.
        is_made_up = "ERR_NAME_NOT_RESOLVED" in line.text and ".example" in line.location["url"]
        if line.type in ("error", "warning") and not (is_answer or is_made_up):
            complaints.append(line.text)

    def open_page(**options: Any) -> Any:
        context = chromium.new_context(**{"locale": "en-US", "reduced_motion": "reduce", **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", complain)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def new_page_without_cookies(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open a window of a browser whose settings block every cookie."""
    if BROWSER is None:
        pytest.skip("the headless shell has no settings: run .ci/tools as root")
    profile = tmp_path / "Default"
    profile.mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Preferences").write_text(json.dumps(blocked))
    contexts: list[Any] = []

    def open_page(**options: Any) -> Any:
        launched = {"executable_path": BROWSER, "args": ARGUMENTS, "locale": "en-US", **options}
        context = chromium.browser_type.launch_persistent_context(tmp_path, **launched)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
