"""Which language a page or a message speaks. Languages are named by the wire's tags; Django's own names are `code`s."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
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
_MAX_CANDIDATES = 20
_CODES = frozenset(code for code, _ in settings.LANGUAGES)


def find_language(tag: str) -> str | None:
    """Return the code of the built-in language that a BCP 47 tag means: itself, or the nearest that it specializes."""
    rest = _normalized(tag)
    while rest:
        code = _SPELLINGS.get(rest, rest)
        if code in _CODES:
            return code
        rest = rest.rpartition("-")[0]
    return None


def choose_language(
    *,
    language_info: Mapping[str, Any],
    ui_locales: str = "",
    locale: str = "",
    accept_language: str = "",
    custom: Collection[str] = (),
) -> str:
    """Return the tag of a page's language: what the application asked for, then the browser, then the tenant's default.

    `custom` are the tags of the tenant's own words, which may be of languages that are not built in. The browser (its
    `?locale`, then its header) is heard only if the tenant detects languages. OpenID Connect Core section 3.1.2.1: an
    unsupported `ui_locales` is no error.
    """
    for candidate in _candidates(ui_locales, locale, accept_language, language_info):
        if found := _match(candidate, custom):
            return found
    return language_tag(settings.LANGUAGE_CODE)


def _candidates(ui_locales: str, locale: str, accept_language: str, language_info: Mapping[str, Any]) -> Iterable[str]:
    yield from ui_locales.split()[:_MAX_CANDIDATES]
    if language_info.get("autoDetect", True):
        yield from locale.split()[:1]
        yield from _preferred(accept_language)
    yield str(language_info.get("fallbackLanguage", ""))


def _preferred(accept_language: str) -> Iterator[str]:
    return (tag for tag, _ in parse_accept_lang_header(accept_language.lower()) if tag != "*")


def _match(candidate: str, custom: Collection[str]) -> str | None:
    """Exactly the tenant's own, exactly a built-in one, a built-in one's variant, a variant of the tenant's own."""
    wanted = _normalized(candidate)
    for tag in custom:
        if tag.lower() == wanted:
            return tag
    if code := find_language(wanted):
        return language_tag(code)
    language = wanted.partition("-")[0]
    return next((tag for tag in sorted(custom) if language and tag.lower().partition("-")[0] == language), None)


def _normalized(tag: str) -> str:
    return tag.strip().replace("_", "-").lower()[:_MAX_TAG_LENGTH]


def wire_languages() -> frozenset[str]:
    """Return the wire's tags of the built-in languages."""
    return frozenset(language_tag(code) for code in _CODES)


def language_tag(code: str) -> str:
    """Return the wire's tag of a built-in language (`zh-hans` → `zh-CN`)."""
    return _TAGS.get(code, code)
