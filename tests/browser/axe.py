"""axe, the accessibility checker of Deque: what it finds on a page, however wide and in whichever colors."""

from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SCRIPT = Path(__file__).parents[1] / "counterparts" / "node_modules" / "axe-core" / "axe.min.js"
_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What another width or other colors may change.
_LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
# Colors on their way from one scheme to the other are nobody's to read.
_RUN = """async (tags) => {
  for (const animation of document.getAnimations()) animation.cancel();
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`));
}"""


def why_missing() -> str:
    """Why axe cannot run on this machine; empty if it can."""
    return "" if _SCRIPT.is_file() else "npm ci --prefix tests/counterparts was not run: axe-core"


def assert_accessible(page: Any, path: str, *, is_answer: bool = False) -> None:
    """The page is at this address, and is WCAG 2.2 AA as far as axe can tell.

    Looked at 320 and 1280 px wide, light and dark, from left to right and from right to left; what answers a form is
    not loaded again, and stays in the language that it has.
    """
    page.wait_for_url(lambda url: urlsplit(url).path == path, wait_until="load")
    faults = _faults(page)
    if not is_answer:
        before = page.evaluate("document.documentElement.dir")
        page.set_extra_http_headers({"Accept-Language": "ar" if before == "ltr" else "en"})
        page.reload()
        assert page.evaluate("document.documentElement.dir") != before, path
        faults += _faults(page)
    assert not faults, "\n".join([path, *faults])


def _faults(page: Any) -> list[str]:
    page.evaluate(_SCRIPT.read_text())
    rules, faults = _STANDARDS, []
    for width, scheme in product((320, 1280), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        faults += [f"{width} {scheme} {fault}" for fault in page.evaluate(_RUN, rules)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{width} {scheme}: scrolls sideways")
        rules = _LOOKS
    return faults
