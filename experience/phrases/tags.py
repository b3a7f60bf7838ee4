"""The languages that there are: their tags, names, directions and plural forms.

`languages.json` is from the Unicode CLDR (release 47, license Unicode-3.0): each language with its names, the region
that it is most likely of, and its rule for whole numbers as a gettext expression. A tag is a language (`sv`), a
language with that region (`sv-SE`), or one of the regional languages that platforms tell apart.
"""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings

from experience.languages import find_language, language_tag, wire_languages

_SOURCE = Path(__file__).parent / "languages.json"
_REGIONAL = {
    "en": ("AU", "CA", "GB", "IN"),
    "es": ("AR", "CL", "CO", "MX", "NI", "PE", "US", "VE"),
    "fr": ("CA",),
    "nl": ("BE",),
    "sr": ("Latn",),
}
# The numbers that are tried for one of a form.
_SAMPLES = (*range(1, 200), 0, 1_000_000)


@dataclass(frozen=True, slots=True)
class LanguageTag:
    """A language by its tag. `forms` are those that a whole number can have, in CLDR's words; `form_of` says which."""

    tag: str
    english: str
    native: str
    is_rtl: bool
    forms: tuple[str, ...]
    form_of: Callable[[int], str]

    @property
    def direction(self) -> str:
        return "rtl" if self.is_rtl else "ltr"

    @property
    def code(self) -> str:
        """Django's name of the built-in language below: itself, the one that it specializes, else English."""
        return find_language(self.tag) or settings.LANGUAGE_CODE

    @property
    def is_built_in(self) -> bool:
        return self.tag in wire_languages()


def find_tag(tag: str) -> LanguageTag | None:
    """Return the language of a tag as it is written here (`sv-SE`), `None` for a tag that is not on the list."""
    return known_tags().get(tag)


def get_tag(tag: str) -> LanguageTag:
    """Return the language of a tag that is on the list."""
    return known_tags()[tag]


@functools.cache
def known_tags() -> Mapping[str, LanguageTag]:
    """Return every language that there may be words in, by its tag, in the order of the tags."""
    data = json.loads(_SOURCE.read_text())
    rules = {
        language: (tuple(row["forms"]), c2py(row["rule"])) for row in data["plurals"] for language in row["languages"]
    }
    regions = json.loads((_SOURCE.parent.parent / "pages" / "country_names" / "en.json").read_text())
    found: dict[str, LanguageTag] = {}
    for language, row in data["languages"].items():
        for subtag in ("", row.get("region", ""), *_REGIONAL.get(language, ())):
            tag = f"{language}-{subtag}".rstrip("-")
            found[tag] = _described(tag, row, rules.get(tag, rules[language]), regions)
    own = dict(settings.LANGUAGES)
    for tag in wire_languages():
        code = find_language(tag) or ""
        language = tag.partition("-")[0]
        row = {**data["languages"][language], "native": own[code]}
        found[tag] = _described(tag, row, rules.get(tag, rules[language]), regions)
    # Two names of one built-in language would be two sets of words, of which one is read.
    doubles = {"zh", *(code for code, _ in settings.LANGUAGES if language_tag(code) != code)}
    return MappingProxyType({tag: found[tag] for tag in sorted(found) if tag not in doubles})


def _described(
    tag: str, row: dict[str, Any], rule: tuple[tuple[str, ...], Any], regions: dict[str, str]
) -> LanguageTag:
    names, index = rule
    _, _, subtag = tag.partition("-")
    qualifier = regions.get(subtag, subtag)
    english = f"{row['english']} ({qualifier})" if qualifier else row["english"]
    native = row["native"][:1].upper() + row["native"][1:]
    samples = {names[index(number)] for number in _SAMPLES}
    forms = tuple(name for name in names if name in samples)
    return LanguageTag(tag, english, native, "rtl" in row, forms, lambda number: names[index(number)])


def sample_of(language: LanguageTag, form: str) -> int | None:
    """Return a number of which the language uses the form; `None` if there is none among whole numbers."""
    return next((number for number in _SAMPLES if language.form_of(number) == form), None)
