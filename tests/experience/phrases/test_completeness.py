"""Twenty languages say everything that pages and messages say: with its places, in each number, in their own script."""

import gettext
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import get_language_info, to_locale

from config.catalogs import TRANSLATED
from experience.languages import language_tag
from experience.phrases.tags import get_tag
from experience.phrases.wording import places_of
from tests.experience.phrases.source import sentences_of

CODES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
NUMBERS = (0, 1, 2, 3, 5, 11, 21, 22, 30, 100, 101, 365)

# What is the same in English: names of things that the language has taken over.
SAME = {
    "cs": {"ID token"},
    "de": {"%(label)s (optional)", "Code", "Name", "Passkey", "Website"},
    "fr": {"Code"},
    "it": {"Email", "Passkey", "Password", "Single sign-on"},
    "pt": {"Email"},
    "pt-br": {"QR code"},
}
# The letters of languages with a script of their own: a sentence without any has been left as it was.
SCRIPTS = {
    "ar": "\u0600-\u06ff",
    "fa": "\u0600-\u06ff",
    "ja": "\u3040-\u30ff\u4e00-\u9fff",
    "ko": "\uac00-\ud7a3",
    "ru": "\u0400-\u04ff",
    "uk": "\u0400-\u04ff",
    "th": "\u0e00-\u0e7f",
    "zh-hans": "\u4e00-\u9fff",
    "zh-hant": "\u4e00-\u9fff",
    "zh-hk": "\u4e00-\u9fff",
}
_MARKUP = re.compile(r"<[^>]*>|%\(\w+\)s|\{\w+\}|https?://")


@cache
def _translations(code: str) -> Any:
    with Path(settings.BASE_DIR, "locale", to_locale(code), "LC_MESSAGES", "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


@cache
def _sentences() -> Any:
    return sorted(sentences_of(TRANSLATED))


def _said(code: str) -> dict[str, str]:
    """Every sentence without a number, as the language says it."""
    return {
        entry.text: _translations(code).gettext(f"{entry.context}\x04{entry.text}" if entry.context else entry.text)
        for entry in _sentences()
        if not entry.plural
    }


@pytest.mark.parametrize("code", CODES)
def test_every_sentence_is_said_and_nothing_is_left_in_english(code: str) -> None:
    said = _said(code)
    assert {text for text, words in said.items() if text == words} <= SAME.get(code, set())
    assert not [text for text, words in said.items() if not words.strip()]
    if script := SCRIPTS.get(code):
        unlike = [words for words in said.values() if not re.search(f"[{script}]", words)]
        assert set(unlike) <= {"Cookie", "SMS", "ID token"}


@pytest.mark.parametrize("code", CODES)
def test_places_and_markup_are_those_of_the_sentence(code: str) -> None:
    for text, words in _said(code).items():
        assert set(places_of(text)) == set(places_of(words)), words
        tags = re.compile(r"<[^>]*>")
        assert sorted(tags.findall(text)) == sorted(tags.findall(words)), words


@pytest.mark.parametrize("code", CODES)
def test_sentences_with_a_number_have_every_form_of_the_language(code: str) -> None:
    catalog, language = _translations(code), get_tag(language_tag(code))
    counted = [entry for entry in _sentences() if entry.plural]
    assert counted
    for entry in counted:
        by_form: dict[str, set[str]] = {}
        for number in NUMBERS:
            words = catalog.ngettext(entry.text, entry.plural, number)
            assert words not in (entry.text, entry.plural), (code, number)
            by_form.setdefault(language.form_of(number), set()).add(words)
            # Arabic says one and two without the digit.
            assert set(places_of(words)) in (set(places_of(entry.text)), set()), words
        # Whoever counts as the Unicode CLDR does says the same for all numbers of one form.
        assert all(len(words) == 1 for words in by_form.values()), (code, by_form)


@pytest.mark.parametrize("code", [code for code, _ in settings.LANGUAGES])
def test_the_direction_is_right(code: str) -> None:
    expected = "rtl" if code in ("ar", "fa") else "ltr"
    assert get_tag(language_tag(code)).direction == expected
    assert get_language_info(code)["bidi"] == (expected == "rtl")


@pytest.mark.parametrize("code", CODES)
def test_punctuation_is_that_of_the_language(code: str) -> None:
    for words in _said(code).values():
        text = _MARKUP.sub("x", words)
        assert "..." not in text
        if code == "fr":
            assert not re.search(r"[^\u202f][?!;]|[^\u00a0]:(?!//)|«[^\u00a0]|[^\u00a0]»|'", text), words
        if code == "ja" or code.startswith("zh"):
            script = SCRIPTS[code]
            assert not re.search(f"[{script}][,.:;!?]|[,.:;!?][{script}]", text), words
        if code.startswith("zh"):
            assert "您" not in text, words
