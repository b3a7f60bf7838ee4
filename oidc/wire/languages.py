"""Which language the provider's own pages speak, said by the room above that knows the tenant's languages."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.http import HttpRequest

from common.languages import in_language


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """A language by its tag (BCP 47), its direction (`ltr`, `rtl`), and what a page is drawn inside of."""

    tag: str
    direction: str
    speaking: Callable[[], AbstractContextManager[None]]


Source = Callable[[HttpRequest], PageLanguage]

_sources: list[Source] = []


def register_page_language(source: Source) -> None:
    """Let `source` say which language a page speaks. Called once, from `AppConfig.ready`."""
    _sources[:] = [source]


def page_language(request: HttpRequest) -> PageLanguage:
    """Return the language of a page; English if nobody says."""
    return _sources[0](request) if _sources else PageLanguage("en", "ltr", lambda: in_language("en"))
