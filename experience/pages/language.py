"""The language of a page that is drawn for no journey: the provider's own."""

from functools import partial

from django.http import HttpRequest

from experience.languages import choose_language
from experience.phrases.speech import custom_tags, in_words_of
from experience.phrases.tags import get_tag
from experience.services.settings import get_sign_in_experience
from oidc.wire.languages import PageLanguage


def language_of_page(request: HttpRequest) -> PageLanguage:
    """Return the language that the request and the tenant's settings ask for, with the tenant's own words."""
    tag = choose_language(
        ui_locales=request.GET.get("ui_locales", ""),
        locale=request.GET.get("locale", ""),
        accept_language=request.headers.get("Accept-Language", ""),
        language_info=get_sign_in_experience().wire["languageInfo"],
        custom=custom_tags(),
    )
    return PageLanguage(tag, get_tag(tag).direction, partial(in_words_of, tag))
