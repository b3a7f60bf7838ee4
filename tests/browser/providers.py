"""A window that goes to the provider of `tests.counterparts`, and what its user does there."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def traveler(new_page: Callable[..., Any]) -> Callable[..., Any]:
    """Open a window in which what the provider's own pages load from elsewhere is there, and empty."""

    def open_page(**options: Any) -> Any:
        page = new_page(**options)
        for address in ("https://fonts.googleapis.com/**", "**/favicon.ico"):
            page.context.route(address, lambda route: route.fulfill(status=200, content_type="text/css", body=""))
        return page

    return open_page


def sign_in_there(page: Any, login: str = "dana") -> None:
    """Sign in at the provider and agree to what it asks."""
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()
