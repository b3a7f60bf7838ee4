"""How the provider's own pages look in a tenant: its logo and its colors, said by the room above that keeps them."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Appearance:
    """Colors are hexadecimal and addresses http(s), or empty; `on_accent` is readable on `accent`."""

    logo: str = ""
    dark_logo: str = ""
    accent: str = ""
    on_accent: str = ""
    dark_accent: str = ""
    on_dark_accent: str = ""

    @property
    def image_origins(self) -> list[str]:
        """The origins of the logos, for the content security policy."""
        parts = [urlsplit(url) for url in (self.logo, self.dark_logo) if url]
        return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


Source = Callable[[], Appearance]

_sources: list[Source] = []


def register_appearance(source: Source) -> None:
    """Let `source` say how the current tenant's pages look. Called once, from `AppConfig.ready`."""
    _sources[:] = [source]


def current_appearance() -> Appearance:
    """Return the look of the current tenant's pages; a neutral one if nobody says."""
    return _sources[0]() if _sources else Appearance()
