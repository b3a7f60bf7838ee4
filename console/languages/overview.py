"""The languages of the tenant's pages, in a table and in a list to choose from."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from experience.languages import language_tag
from experience.phrases.rows import list_custom_phrases
from experience.phrases.sentences import SENTENCES
from experience.phrases.tags import LanguageTag, find_tag, get_tag, known_tags
from experience.phrases.tree import from_tree
from experience.services.settings import get_sign_in_experience


@dataclass(frozen=True, slots=True)
class Row:
    """One language that the pages speak; `own` is how many of its phrases are the tenant's."""

    language: LanguageTag
    own: int
    is_default: bool

    @property
    def state(self) -> str:
        """What there is of it, in words."""
        if not self.language.is_built_in:
            return _("%(own)s of %(all)s phrases, the others in English") % {"own": self.own, "all": len(SENTENCES)}
        if not self.own:
            return _("Built in")
        return ngettext("%(own)s phrase changed", "%(own)s phrases changed", self.own) % {"own": self.own}

    @property
    def may_be_deleted(self) -> bool:
        return not self.language.is_built_in and not self.is_default


def language_rows() -> list[Row]:
    """Return the built-in languages and those that the tenant has added, by their English names."""
    own = {row.language_tag: len(from_tree(row.translation)) for row in list_custom_phrases()}
    tags = {language_tag(code) for code, _name in settings.LANGUAGES} | {tag for tag in own if find_tag(tag)}
    default = default_language()
    rows = [Row(get_tag(tag), own.get(tag, 0), tag == default) for tag in tags]
    return sorted(rows, key=lambda row: row.language.english)


def default_language() -> str:
    """Return the tag of the tenant's default language."""
    return str(get_sign_in_experience().wire["languageInfo"]["fallbackLanguage"])


def languages_to_add() -> list[LanguageTag]:
    """Return what is not there yet, by the English names."""
    there = {row.language.tag for row in language_rows()}
    return sorted((found for tag, found in known_tags().items() if tag not in there), key=lambda found: found.english)


def find_named(name: str) -> LanguageTag | None:
    """Return the language that somebody typed: its tag, or one of its names."""
    wanted = name.strip().casefold()
    for language in known_tags().values():
        if wanted in (language.tag.casefold(), language.english.casefold(), language.native.casefold()):
            return language
    return None
