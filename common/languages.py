"""The language of an answer."""

from contextlib import AbstractContextManager, nullcontext

from django.http import HttpRequest
from django.utils import translation


def language_of(request: HttpRequest) -> AbstractContextManager[None]:
    """Run a block in the language that a request asks for; at no cost if the thread speaks it already."""
    wanted = translation.get_language_from_request(request)
    return nullcontext() if translation.get_language() == wanted else translation.override(wanted)
