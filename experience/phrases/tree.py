"""Trees of phrases as they go over the wire: `{"section": {"name": "words"}}`, a part of the tree of the source."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from common.errors import AppError, invalid_value, invalid_values
from experience.phrases.sentences import SENTENCES, find_sentence, form_key
from experience.phrases.tags import LanguageTag, sample_of
from experience.phrases.wording import find_fault

# Of what is wrong, so much is told.
_MAX_TOLD = 20
_MAX_TOLD_LENGTH = 64

Tree = dict[str, dict[str, str]]


def read_tree(language: LanguageTag, tree: Any) -> dict[str, str]:
    """Return a tree's phrases by key, without those that are empty.

    Raises `guard.invalid_input` for what is no tree of strings or words that cannot stand for their sentence, and
    `localization.invalid_translation_structure` for keys that the source does not have.
    """
    found = dict(_leaves(tree))
    if unknown := [key for key, text in found.items() if text is None or find_sentence(key, language.forms) is None]:
        told = [key[:_MAX_TOLD_LENGTH] for key in unknown[:_MAX_TOLD]]
        raise AppError("localization.invalid_translation_structure", data={"keys": told})
    phrases = {key: text for key, text in found.items() if text and not text.isspace()}
    issues = []
    for key, text in phrases.items():
        known = find_sentence(key, language.forms)
        if known and (fault := find_fault(known[0], text)):
            issues.append((key, *fault))
    if issues:
        raise invalid_values(issues[:_MAX_TOLD])
    return phrases


def _leaves(tree: Any) -> Iterator[tuple[str, str | None]]:
    """Every phrase with its key, and with `None` what does not stand where phrases do."""
    for section, names in _members(tree, ""):
        if isinstance(names, str):
            yield section, None
            continue
        for name, text in _members(names, section):
            if not isinstance(text, str | Mapping):
                raise invalid_value(f"{section}.{name}"[:_MAX_TOLD_LENGTH], "Must be a string.", code="invalid")
            yield f"{section}.{name}", text if isinstance(text, str) else None


def _members(value: Any, path: str) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        raise invalid_value(path[:_MAX_TOLD_LENGTH], "Must be an object.", code="invalid")
    return value.items()


def to_tree(phrases: Mapping[str, str]) -> Tree:
    """Return phrases by key as a tree."""
    tree: Tree = {}
    for key, text in phrases.items():
        section, _, name = key.partition(".")
        tree.setdefault(section, {})[name] = text
    return tree


def from_tree(tree: Mapping[str, Any]) -> dict[str, str]:
    """Return the phrases of a tree that was stored."""
    return {f"{section}.{name}": text for section, names in tree.items() for name, text in names.items()}


def keys_of(language: LanguageTag) -> Iterator[tuple[str, str, str]]:
    """Every key of the language's tree, with the key of its sentence and the form of a sentence in the plural."""
    for key, sentence in SENTENCES.items():
        if not sentence.plural:
            yield key, key, ""
            continue
        for form in language.forms:
            yield form_key(sentence, form), key, form
        if "other" not in language.forms:
            yield form_key(sentence, "other"), key, "other"


def sample(language: LanguageTag, form: str) -> int:
    """Return a number of which the language uses the form, or one that is as good as any."""
    number = sample_of(language, form)
    return 5 if number is None else number
