"""The language of an answer, and the translations that a thread or task speaks with.

Django keeps what is active in one place, which `activate` fills by a language's name alone. Whoever has translations
of their own, such as a tenant's own words, puts them there with `speak`; and as Django's `override` gives back the
language of that name, not what was active, `in_language` stands in for it.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import trans_real


def language_of(request: HttpRequest) -> AbstractContextManager[None]:
    """Run a block in the language that a request asks for; at no cost if the thread speaks it already.

    A machine asks for none, and gets the installation's.
    """
    asks = "HTTP_ACCEPT_LANGUAGE" in request.META or "HTTP_COOKIE" in request.META
    wanted = translation.get_language_from_request(request) if asks else settings.LANGUAGE_CODE
    return nullcontext() if translation.get_language() == wanted else in_language(wanted)


def in_language(code: str) -> AbstractContextManager[None]:
    """Run a block in one of Django's languages."""
    return speaking(trans_real.translation(code))


@contextmanager
def speaking(translations: Any) -> Iterator[None]:
    """Run a block with these translations, and give back those that were active."""
    before = spoken()
    speak(translations)
    try:
        yield
    finally:
        speak(before)


def speak(translations: Any) -> None:
    """Speak with these translations from now on: an object with the methods of Django's own; `None` for the default."""
    active: Any = trans_real._active  # type: ignore[attr-defined]  # the stubs leave it out
    if translations is None:
        translation.deactivate()
    else:
        active.value = translations


def spoken() -> Any:
    """Return the translations that are active, `None` for the default."""
    active: Any = trans_real._active  # type: ignore[attr-defined]  # the stubs leave it out
    return getattr(active, "value", None)
