"""How the tenant's messages look and which language they fall back to.

Both are sign-in settings, which live on a floor above: that room registers them here.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageStyle:
    """`fallback_language` is a tag as email templates have it. Colors are hexadecimal, `logo` is http(s) or empty."""

    fallback_language: str = "en"
    logo: str = ""
    accent: str = "#4f46e5"
    on_accent: str = "#ffffff"


Source = Callable[[], MessageStyle]

_sources: list[Source] = []


def register_message_style(source: Source) -> None:
    """Let `source` say how the current tenant's messages look. Called once, from `AppConfig.ready`."""
    _sources[:] = [source]


def current_message_style() -> MessageStyle:
    """Return the style of the current tenant's messages; a neutral one if nobody says."""
    return _sources[0]() if _sources else MessageStyle()
