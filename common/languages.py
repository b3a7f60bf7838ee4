"""The language of an answer."""

from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def language_of(request: HttpRequest) -> AbstractContextManager[None]:
    """Run a block in the language that a request asks for; at no cost if the thread speaks it already.

    A machine asks for none, and gets the installation's.
    """
    asks = "HTTP_ACCEPT_LANGUAGE" in request.META or "HTTP_COOKIE" in request.META
    wanted = translation.get_language_from_request(request) if asks else settings.LANGUAGE_CODE
    return nullcontext() if translation.get_language() == wanted else translation.override(wanted)
