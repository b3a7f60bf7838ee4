"""A task of the console is completed by mouse and by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

Choose = Callable[[Page, Locator, str], None]


def _choose_by_mouse(page: Page, box: Locator, typed: str) -> None:
    box.click()
    page.keyboard.type(typed)
    page.get_by_role("option", name=typed).click()


def _choose_by_keyboard(page: Page, box: Locator, typed: str) -> None:
    box.focus()
    page.keyboard.press("Enter")
    page.keyboard.type(typed)
    expect(page.get_by_role("option", name=typed)).to_be_visible()
    page.keyboard.press("Enter")


@pytest.fixture(params=[_choose_by_mouse, _choose_by_keyboard], ids=["mouse", "keyboard"])
def choose(request: Any) -> Choose:
    """Choose what is typed from a list that is searched."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def save(choose: Choose) -> Callable[[Page], None]:
    """Save the form in the way the list was operated."""

    def press(page: Page) -> None:
        button = page.get_by_role("button", name="Save", exact=True)
        if choose is _choose_by_mouse:
            button.click()
        else:
            button.press("Enter")
        expect(page.get_by_text("Saved.", exact=True)).to_be_visible()

    return press
