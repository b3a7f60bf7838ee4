"""Logos of providers as pages draw them: small ones of the installation are in the page, others are asked for."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from django.contrib.staticfiles import finders
from django.templatetags.static import static

from experience.pages.look import safe_url

_MAX_INLINE_BYTES = 2_048
# What an address of a picture may hold literally, in a list of sources too, which a space would part.
_LITERAL = "!$()*+,-./:;=?@_~'"


class Logo(NamedTuple):
    """Addresses for a light and a dark page; `dark` is empty if one serves both, `light` if there is no logo."""

    light: str = ""
    dark: str = ""

    @property
    def origins(self) -> list[str]:
        """The other origins that the logo is loaded from, for the content security policy."""
        found = {urlsplit(address)[:2] for address in self}
        return sorted(f"{scheme}://{host}" for scheme, host in found if host)


def logo_of(light: str, dark: str) -> Logo:
    """Return a logo of static paths, or of http(s) addresses of the tenant's own."""
    return Logo(_address(light), _address(dark))


def _address(path_or_address: str) -> str:
    if "://" in path_or_address:
        return safe_url(path_or_address)
    return _drawn(path_or_address) if path_or_address else ""


@lru_cache(maxsize=256)
def _drawn(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        return ""
    file = Path(found)
    if file.suffix == ".svg" and file.stat().st_size <= _MAX_INLINE_BYTES:
        return f"data:image/svg+xml,{quote(file.read_text().strip(), safe=_LITERAL)}"
    return static(path)
