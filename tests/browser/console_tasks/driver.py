"""Operates the console with one hand: by mouse, or by keyboard alone."""

import re
from functools import reduce
from typing import Literal

from playwright.sync_api import Locator, Page, expect

Hand = Literal["mouse", "keyboard"]

# Of fields that hold a value; a box that stands for a list is a search box.
_ROLES: tuple[Literal["textbox", "combobox", "listbox", "checkbox", "spinbutton"], ...] = (
    "textbox",
    "combobox",
    "listbox",
    "checkbox",
    "spinbutton",
)

# More stops than the longest page has: whatever has not been reached by then cannot be.
_MOST_STOPS = 200


class ConsoleDriver:
    """A developer at a page of the console who uses nothing but the one hand."""

    def __init__(self, page: Page, hand: Hand, base: str) -> None:
        self.page, self.hand, self._base = page, hand, base
        self._main = page.get_by_role("main")
        page.on("dialog", lambda dialog: dialog.accept())

    @property
    def by_keyboard(self) -> bool:
        return self.hand == "keyboard"

    def open(self, path: str) -> None:
        """Go to a page of the tenant by its address; the keyboard skips the navigation."""
        self.page.goto(f"{self._base}/{path}")
        if self.by_keyboard:
            # The first stop of the page is the link past the navigation; keys that come before it is there are lost.
            self.page.wait_for_load_state("load")
            skip = self.page.get_by_role("link", name="Skip").first
            skip.focus()
            expect(skip).to_be_focused()
            self.page.keyboard.press("Enter")
            expect(self._main).to_be_focused()

    # --- finding -----------------------------------------------------------------------------------------------------
    def field(self, label: str, within: Locator | None = None) -> Locator:
        """The field in sight with this label, starred or not; the list itself, not the box that stands for it."""
        name = re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")
        roles = [(within or self._main).get_by_role(role, name=name, include_hidden=True) for role in _ROLES]
        of_any_role = reduce(lambda found, more: found.or_(more), roles)
        return of_any_role.and_(self.page.locator("input, select, textarea")).filter(visible=True).first

    def tab_to(self, target: Locator) -> None:
        """Press Tab until the target, or something inside of it, has the focus."""
        target.wait_for()
        # Found once: to find it by its role and name at each stop takes longer than to go there.
        element = target.element_handle()
        for _ in range(_MOST_STOPS):
            if element.evaluate("element => element.contains(document.activeElement)"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {target}")

    # --- doing -------------------------------------------------------------------------------------------------------
    def activate(self, target: Locator, key: str = "Enter") -> None:
        """Click, or go there and press the key."""
        if self.by_keyboard:
            self.tab_to(target)
            self.page.keyboard.press(key)
        else:
            target.click()

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Use a button."""
        self.activate((within or self._main).get_by_role("button", name=name, exact=True).first)

    def follow(self, name: str, *, within: Locator | None = None) -> None:
        """Use a link, and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.activate((within or self._main).get_by_role("link", name=name).first)

    def open_tab(self, name: str) -> None:
        """Open a section of the form, or its rows of another kind."""
        tabs = self._main.locator("[role=tab], #tabs-items a").filter(has_text=name)
        self.activate(tabs.first)

    def add_row(self, prefix: str) -> Locator:
        """Add an empty row to the rows that are open, and return it."""
        rows = self.page.locator(f"#{prefix}-group")
        self.activate(rows.locator(".add-row:visible").first)
        return rows.locator("tbody.form-group:not(.empty-form)").last

    def remove_row(self, row: Locator) -> None:
        """Mark a stored row as one to remove."""
        box = row.get_by_role("checkbox", name="Remove")
        if self.by_keyboard:
            self.activate(box, key="Space")
        else:
            row.locator("label.gh-remove").click()
        expect(box).to_be_checked()

    def fill(self, label: str, value: str, *, within: Locator | None = None) -> None:
        """Replace what a text field holds."""
        box = self.field(label, within)
        self.activate(box, key="Control+a")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(value)

    def type_moment(self, field: Locator, moment: str) -> None:
        """Enter `01/31/2026 08:30 PM` into the browser's own field, which takes it part by part."""
        if self.by_keyboard:
            self.tab_to(field)
        else:
            field.click(position={"x": 15, "y": 8})
        day, time, half = moment.split()
        for key in (*day.replace("/", ""), "Tab", *time.replace(":", ""), *half):
            self.page.keyboard.press(key)

    def switch(self, label: str, *, on: bool = True) -> None:
        """Turn a switch or tick a box."""
        box = self.field(label)
        if box.is_checked() != on:
            self.activate(box, key="Space")
        expect(box).to_be_checked(checked=on)

    def pick(self, label: str) -> None:
        """Choose one of several options that are all in sight; the keyboard reaches the group and goes on by arrows."""
        option = self._main.get_by_role("radio", name=label)
        if self.by_keyboard:
            group = self.page.locator(f"input[type=radio][name='{option.get_attribute('name')}']")
            self.tab_to(group.and_(self.page.locator(":checked")))
            for _ in range(group.count()):
                if option.is_checked():
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            option.check()
        expect(option).to_be_checked()

    def choose(self, label: str, option: str, *, within: Locator | None = None) -> None:
        """Choose from a list, of the browser's own kind or one that is searched by typing."""
        select = self.field(label, within)
        if "select2-hidden-accessible" in (select.get_attribute("class") or ""):
            self._search(select, option)
        elif self.by_keyboard:
            self.tab_to(select)
            self.page.keyboard.press("Home")
            for _ in range(select.locator("option").count()):
                if select.locator("option:checked").inner_text().strip() == option:
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            select.select_option(label=option)
        expect(select.locator("option:checked").filter(has_text=option)).not_to_have_count(0)

    def _search(self, select: Locator, option: str) -> None:
        box = select.locator("xpath=following-sibling::*[contains(@class, 'select2')]").first
        self.activate(box.locator(".select2-selection"))
        expect(self.page.locator(".select2-search__field:focus")).to_be_visible()
        self.page.keyboard.insert_text(option)
        found = self.page.locator(".select2-results__option--highlighted", has_text=option)
        expect(found).to_be_visible()
        if self.by_keyboard:
            self.page.keyboard.press("Enter")
        else:
            found.click()

    # --- saving ------------------------------------------------------------------------------------------------------
    def submit(self, name: str = "Save", *, within: Locator | None = None) -> None:
        """Use a button that sends the form, and wait for the answer."""
        with self.page.expect_navigation():
            self.press(name, within=within)

    def save(self) -> None:
        """Save, and see that it was."""
        self.submit()
        self.sees("Saved.")

    def create(self) -> str:
        """Save a new object, and return the id in the address of its page."""
        self.submit()
        expect(self.page).to_have_url(re.compile("/change/$"))
        return self.page.url.split("/")[-3]

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Something is said on the page."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()
