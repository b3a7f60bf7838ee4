"""Speaking with the tenant's own words: translations that ask them first, then the built-in language below.

They are made once per tenant and language, kept until the tenant's configuration changes, and activated for a request
as Django's own are. A language without words of the tenant is Django's own object: nothing is asked in between.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import Any

from django.utils.translation import trans_real

from common import languages
from experience.languages import find_language
from experience.models import CustomPhrase
from experience.phrases.sentences import FORMS, SENTENCES, find_sentence
from experience.phrases.tags import LanguageTag, find_tag, get_tag
from experience.phrases.tree import from_tree, keys_of, sample, to_tree
from experience.phrases.wording import Phrase, find_fault, to_phrase
from tenants.configuration import cached

Words = Mapping[str, str]


class TenantTranslations:
    """Translations with a tenant's own words, by gettext's ids; with `(id, form)` for what depends on a number."""

    def __init__(self, language: LanguageTag, words: Words) -> None:
        self._base: Any = trans_real.translation(language.code)
        self._language = language
        self._phrases: dict[str, Phrase] = {}
        self._forms: dict[tuple[str, str], Phrase] = {}
        for key, text in words.items():
            known = find_sentence(key, language.forms)
            # Kept by an earlier release: what the sentence no longer is, or no longer takes.
            if known is None or find_fault(known[0], text):
                continue
            sentence, form = known
            if form:
                self._forms[sentence.message_id, form] = to_phrase(sentence, text)
            else:
                self._phrases[sentence.message_id] = to_phrase(sentence, text)

    def gettext(self, message: str) -> str:
        """Return the tenant's words, else the built-in translation."""
        found: str = self._phrases.get(message) or self._base.gettext(message)
        return found

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the tenant's words for the number, else the built-in translation.

        Other words stand in for those of a form that English does not have.
        """
        form = self._language.form_of(number)
        own = self._forms.get((singular, form))
        if own is None and form not in FORMS:
            own = self._forms.get((singular, "other"))
        found: str = own or self._base.ngettext(singular, plural, number)
        return found

    def __getattr__(self, name: str) -> Any:
        """Everything else is the built-in language's: its name for formats, its catalog."""
        return getattr(self._base, name)


def custom_tags() -> frozenset[str]:
    """Return the tags of the languages in which the tenant has words of its own; cached."""
    return cached("custom-phrase-tags", "", _read_tags)


def words_of(tag: str) -> Words:
    """Return the tenant's own words in a language by key; cached."""
    if tag not in custom_tags():
        return MappingProxyType({})
    return cached("custom-phrases", tag, lambda: _read_words(tag))


def in_words_of(tag: str) -> AbstractContextManager[None]:
    """Run a block in a language, with the tenant's own words."""
    return languages.speaking(translations_of(tag))


def translations_of(tag: str) -> Any:
    """Return what speaks a language with the tenant's own words; cached. No statement for a tenant without words."""
    if tag not in custom_tags():
        return trans_real.translation(find_language(tag) or "en")
    return cached("custom-translations", tag, lambda: TenantTranslations(get_tag(tag), words_of(tag)))


def phrases_in(tag: str, *, own: Words | None = None) -> dict[str, str]:
    """Return every phrase of a language by key: the built-in one, over which the tenant's `own` words are laid."""
    language = get_tag(tag)
    base: Any = trans_real.translation(language.code)
    words = words_of(tag) if own is None else own
    found = {}
    for key, sentence_key, form in keys_of(language):
        sentence = SENTENCES[sentence_key]
        if form:
            built_in = base.ngettext(sentence.message_id, sentence.plural, sample(language, form))
        else:
            built_in = base.gettext(sentence.message_id)
        # gettext answers with the id if even English has no translation of its own.
        found[key] = words.get(key) or built_in.rpartition("\x04")[2]
    return found


def phrase_tree(tag: str) -> Mapping[str, Any]:
    """Return every phrase of a language as a tree; cached."""
    return cached("phrase-tree", tag, lambda: to_tree(phrases_in(tag)))


def _read_tags() -> frozenset[str]:
    rows = CustomPhrase.objects.exclude(translation={}).values_list("language_tag", flat=True)
    return frozenset(tag for tag in rows if find_tag(tag))


def _read_words(tag: str) -> Words:
    tree = CustomPhrase.objects.values_list("translation", flat=True).get(language_tag=tag)
    return MappingProxyType(from_tree(tree))


def represent_phrases(tag: str) -> dict[str, Any]:
    """Return `{"translation": <every phrase of a language as a tree>}`, with the tenant's row if it has words there."""
    row = CustomPhrase.objects.filter(language_tag=tag).first() if tag in custom_tags() else None
    named = {} if row is None else {"tenantId": row.tenant_id, "id": row.id, "languageTag": tag}
    return {**named, "translation": to_tree(phrases_in(tag))}
