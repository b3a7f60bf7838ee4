"""Chromium for the tests of pages and of clients that run in a browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# Chromium does not ask the internet for anything of its own.
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for the whole run: a thread cannot have two of Playwright's event loops."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    # Playwright's event loop runs in this thread, where Django would refuse to use the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
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
        if line.type in ("error", "warning"):
            complaints.append(line.text)

    def open_page(**options: Any) -> Any:
        context = chromium.new_context(**{"locale": "en-US", "reduced_motion": "reduce", **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", complain)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
