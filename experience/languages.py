"""Which language a page or a message speaks, and what Django calls the languages of the wire."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation.trans_real import parse_accept_lang_header

# Tags of the wire that Django spells otherwise, and tags that mean a script we have.
_SPELLINGS = {
    "fa-ir": "fa",
    "pl-pl": "pl",
    "pt-pt": "pt",
    "tr-tr": "tr",
    "uk-ua": "uk",
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-my": "zh-hans",
    "zh-tw": "zh-hant",
    "zh-mo": "zh-hk",
    "zh-hant-hk": "zh-hk",
    "zh-hant-mo": "zh-hk",
}
_TAGS = {
    "fa": "fa-IR",
    "pl": "pl-PL",
    "pt": "pt-PT",
    "pt-br": "pt-BR",
    "tr": "tr-TR",
    "uk": "uk-UA",
    "zh-hans": "zh-CN",
    "zh-hk": "zh-HK",
    "zh-hant": "zh-TW",
}
_MAX_TAG_LENGTH = 35


def find_language(tag: str) -> str | None:
    """Return the language of ours that a BCP 47 tag means: itself, or the nearest that it specializes."""
    known = {code for code, _ in settings.LANGUAGES}
    rest = tag.strip().replace("_", "-").lower()[:_MAX_TAG_LENGTH]
    while rest:
        code = _SPELLINGS.get(rest, rest)
        if code in known:
            return code
        rest = rest.rpartition("-")[0]
    return None


def _candidates(ui_locales: str, accept_language: str, language_info: Mapping[str, Any]) -> Iterable[str]:
    yield from ui_locales.split()[:20]
    if language_info.get("autoDetect", True):
        yield from (tag for tag, _ in parse_accept_lang_header(accept_language.lower()) if tag != "*")
    yield str(language_info.get("fallbackLanguage", ""))


def choose_language(*, ui_locales: str, accept_language: str, language_info: Mapping[str, Any]) -> str:
    """Return the language of a page: what the application asked for, then the browser, then the tenant's fallback.

    The browser is heard only where the tenant detects languages. OpenID Connect Core section 3.1.2.1: an unsupported
    `ui_locales` is no error.
    """
    for tag in _candidates(ui_locales, accept_language, language_info):
        if found := find_language(tag):
            return found
    return settings.LANGUAGE_CODE


def wire_languages() -> frozenset[str]:
    """Return the wire's tags of every language that the pages speak."""
    return frozenset(language_tag(code) for code, _ in settings.LANGUAGES)


def language_tag(code: str) -> str:
    """Return the wire's tag of a language of ours (`zh-hans` → `zh-CN`), for the page's `lang`."""
    return _TAGS.get(code, code)


def language_direction(code: str) -> str:
    """Return `rtl` or `ltr`, for the page's `dir`."""
    return "rtl" if get_language_info(code)["bidi"] else "ltr"
