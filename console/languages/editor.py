"""The phrases of one language as fields: what the pages say, and the tenant's own words for it.

A form says which words it was drawn with, so that saving changes what was typed in it and nothing that somebody else
has changed meanwhile.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import AppError
from experience.phrases.sentences import SECTIONS, SENTENCES
from experience.phrases.speech import phrases_in, words_of
from experience.phrases.tags import LanguageTag, sample_of
from experience.phrases.tree import keys_of
from experience.phrases.wording import places_of

_TITLES = {
    "action": _("Buttons and links"),
    "secondary": _("Links below the form"),
    "input": _("Fields"),
    "description": _("Titles and explanations"),
    "error": _("Errors"),
    "list": _("Lists"),
    "mfa": _("Two-step sign-in"),
    "passkey_sign_in": _("Passkeys"),
    "profile": _("Profile"),
    "user_scopes": _("Permissions"),
    "account_center": _("Account center"),
    "development_tenant": _("Demo and development"),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One field. `english` is the source's, `built_in` what the language says without own words."""

    key: str
    english: str
    built_in: str
    own: str
    # What is kept; `own` may be what was typed and refused.
    stored: str
    places: list[str]
    number: int | None
    errors: list[str] = field(default_factory=list)

    @property
    def section(self) -> str:
        return self.key.partition(".")[0]

    @property
    def rows(self) -> int:
        """How high the field is."""
        return 1 if len(self.english) < 60 else 3


@dataclass(frozen=True, slots=True)
class Section:
    """The fields of one section."""

    name: str
    title: Any
    phrases: list[Phrase]

    @property
    def own(self) -> int:
        """How many have own words."""
        return sum(1 for phrase in self.phrases if phrase.own)


def sections_of(
    language: LanguageTag, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, list[str]] | None = None
) -> list[Section]:
    """Return all fields; with what was `typed` instead of what is stored, and what is wrong with it."""
    phrases = list(_phrases(language, typed or {}, errors or {}))
    by_section = {name: [phrase for phrase in phrases if phrase.section == name] for name in SECTIONS}
    return [Section(name, _TITLES[name], found) for name, found in by_section.items() if found]


def _phrases(language: LanguageTag, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> Iterator[Phrase]:
    built_in, stored = phrases_in(language.tag, own={}), words_of(language.tag)
    for key, sentence_key, form in keys_of(language):
        sentence = SENTENCES[sentence_key]
        yield Phrase(
            key,
            sentence.plural if form and form != "one" else sentence.text,
            built_in[key],
            typed.get(key, stored.get(key, "")),
            stored.get(key, ""),
            places_of(sentence.text),
            sample_of(language, form) if form else None,
            errors.get(key, []),
        )


def seen(language: LanguageTag) -> str:
    """Return the stored words, for the form to say what it was drawn with."""
    return json.dumps(dict(words_of(language.tag)), ensure_ascii=False)


def read_changes(language: LanguageTag, data: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed in a form: the phrases that differ from those that it was drawn with."""
    try:
        before = json.loads(data.get("seen", ""))
    except ValueError:
        before = None
    if not isinstance(before, dict):
        before = words_of(language.tag)
    keys = [key for key, _sentence, _form in keys_of(language)]
    # Browsers send line breaks as two characters, and phrases have one line.
    typed = {key: " ".join(str(data[key]).split()) for key in keys if key in data}
    return {key: text for key, text in typed.items() if text != before.get(key, "")}


def errors_by_key(refusal: AppError | None) -> dict[str, list[str]]:
    """Return what a service says is wrong, by phrase."""
    found: dict[str, list[str]] = {}
    for issue in (refusal.data or {}).get("issues", []) if refusal else []:
        if "." in issue["path"]:
            found.setdefault(issue["path"], []).append(str(issue["message"]))
    return found
