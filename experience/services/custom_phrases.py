"""A tenant's own words: replaced whole or changed key by key, and taken back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.errors import AppError, invalid_value
from events.history import Subject, record
from experience.models import CustomPhrase, SignInExperience
from experience.phrases.rows import get_custom_phrase, require_tag
from experience.phrases.tags import LanguageTag
from experience.phrases.tree import from_tree, read_tree, to_tree

MAX_LANGUAGES = 100
MAX_CHARACTERS = 100_000


@transaction.atomic
def replace_custom_phrases(tag: str, *, translation: Any, actor: Actor) -> CustomPhrase:
    """Replace the tenant's words in a language by a part of the tree of phrases; empty ones are left out.

    Raises `guard.invalid_input` for an unknown tag, for what is no tree of strings, for placeholders or markup that
    are not those of the sentence, and for too much; `localization.invalid_translation_structure` for unknown keys;
    `localization.cannot_delete_default_language` if the default language would have no words.
    """
    language = require_tag(tag)
    return _save(language, read_tree(language, translation), actor=actor)


@transaction.atomic
def update_custom_phrases(tag: str, *, changes: Mapping[str, str], actor: Actor) -> CustomPhrase:
    """Change single phrases, given by key; an empty one is the built-in one again.

    Raises what `replace_custom_phrases` does.
    """
    language = require_tag(tag)
    _lock_settings()
    row = CustomPhrase.objects.filter(language_tag=tag).first()
    stored = from_tree(row.translation) if row else {}
    changed = read_tree(language, to_tree(changes))
    kept = {key: text for key, text in stored.items() if key not in changes}
    return _save(language, {**kept, **changed}, actor=actor)


@transaction.atomic
def delete_custom_phrases(tag: str, *, actor: Actor) -> None:
    """Take back all of the tenant's words in a language.

    Raises `guard.invalid_input` for an unknown tag, `entity.not_found`, and
    `localization.cannot_delete_default_language`.
    """
    is_default = _lock_settings() == tag
    row = get_custom_phrase(tag)
    if is_default:
        raise AppError("localization.cannot_delete_default_language", data={"languageTag": tag})
    record("CustomPhrase.Deleted", actor=actor, subject=_subject(row))
    row.delete()


def _lock_settings() -> str:
    """Return the default language, which does not change until the end of the transaction."""
    settings = SignInExperience.objects.select_for_update().get()
    return str(settings.language_info.get("fallbackLanguage", ""))


def _save(language: LanguageTag, phrases: Mapping[str, str], *, actor: Actor) -> CustomPhrase:
    if sum(map(len, phrases.values())) > MAX_CHARACTERS:
        raise invalid_value("translation", "These are too many words.", code="max_length")
    is_default = _lock_settings() == language.tag
    if is_default and not phrases and not language.is_built_in:
        raise AppError("localization.cannot_delete_default_language", data={"languageTag": language.tag})
    row = CustomPhrase.objects.filter(language_tag=language.tag).first()
    if row is None:
        if CustomPhrase.objects.count() >= MAX_LANGUAGES:
            raise invalid_value("languageTag", f"A tenant has words of its own in at most {MAX_LANGUAGES} languages.")
        row = CustomPhrase(language_tag=language.tag)
    before = from_tree(row.translation)
    row.translation = to_tree(dict(sorted(phrases.items())))
    row.save()
    changed = sorted(key for key in {*before, *phrases} if before.get(key) != phrases.get(key))
    record("CustomPhrase.Updated", actor=actor, subject=_subject(row), changed=changed)
    return row


def _subject(row: CustomPhrase) -> Subject:
    return Subject("CustomPhrase", row.id, row.language_tag)
