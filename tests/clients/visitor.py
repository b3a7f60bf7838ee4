"""A user's browser without scripts: it follows redirects and presses the buttons of the pages it meets."""

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin

import httpx

_FORM = re.compile(r"<form[^>]*>.*?</form>", re.DOTALL)
_INPUT = re.compile(r"<input[^>]*>")
_FORWARD = re.compile(r'http-equiv="refresh" content="0;url=([^"]+)"')


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


class Visitor:
    """Holds the page that is open; every page is expected to be a good one."""

    def __init__(self) -> None:
        self.http = httpx.Client(follow_redirects=True, timeout=30, trust_env=False)
        self.page: httpx.Response

    def close(self) -> None:
        self.http.close()

    def go(self, address: str) -> "Visitor":
        """Open an address, and go where it leads."""
        return self._open(self.http.get(address))

    def press(self, **fields: str) -> "Visitor":
        """Send the first form of the page, or the one with a button of this `action`, with these fields filled in."""
        button = f'name="action" value="{fields["action"]}"' if "action" in fields else ""
        form = next((form for form in _FORM.findall(self.page.text) if button in form), None)
        assert form is not None, self._told()
        hidden = {_attribute(tag, "name"): _attribute(tag, "value") for tag in _INPUT.findall(form)}
        hidden.pop("", None)
        address = urljoin(str(self.page.url), _attribute(form.partition(">")[0], "action"))
        return self._open(self.http.post(address, data={**hidden, **fields}))

    def _open(self, page: httpx.Response) -> "Visitor":
        while forward := _FORWARD.search(page.text):
            page = self.http.get(urljoin(str(page.url), unescape(forward[1])))
        self.page = page
        assert page.status_code == 200, self._told()
        return self

    @property
    def json(self) -> dict[str, Any]:
        assert self.page.headers["content-type"].startswith("application/json"), self._told()
        found: dict[str, Any] = self.page.json()
        return found

    def _told(self) -> str:
        return f"{self.page.status_code} {self.page.url}\n{self.page.text[:1500]}"
