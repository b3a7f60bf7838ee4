"""What `customUiCsp` may say: from which hosts the pages load scripts, and which they call."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from common.shapes import Items, Members, Text
from common.shapes.base import refuse

MAX_SOURCES = 20
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# A host with a dot in it, perhaps a port and a path. No `*`, keyword, quote, or anything that ends a source.
_SOURCE = rf"://{_LABEL}(?:\.{_LABEL})+(?::[1-9][0-9]{{0,4}})?(?:/[A-Za-z0-9._~/-]*)?"


@dataclass(frozen=True, kw_only=True)
class ContentSource(Text):
    """A source of a content security policy (CSP Level 3): an address of one host, by one of these schemes."""

    schemes: str
    max_length: int = 256

    def _check(self, value: str, path: str) -> None:
        if not re.fullmatch(f"(?:{self.schemes}){_SOURCE}", value):
            raise refuse(
                path, "invalid", _("Write one host with its scheme, such as https://cdn.example.com, without a star.")
            )


CUSTOM_UI_CSP = Members(
    {
        "scriptSrc": Items(of=ContentSource(schemes="https"), max_items=MAX_SOURCES),
        "connectSrc": Items(of=ContentSource(schemes="https|wss"), max_items=MAX_SOURCES),
    },
    is_closed=True,
)
