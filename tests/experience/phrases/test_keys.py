"""Every sentence of the pages has exactly one key, and no key is without a sentence.

If this fails for a sentence of yours: run `python -m config.catalogs` and give the key that it adds a good name.
"""

import json
import re
from pathlib import Path

from django.conf import settings

from config.catalogs import PAGES
from config.phrase_keys import MESSAGES, Entry, read_entries, sentences_with_keys
from experience.phrases.sentences import SECTIONS, SENTENCES, SOURCE, Sentence
from experience.phrases.tags import known_tags
from experience.phrases.tree import keys_of
from experience.phrases.wording import MAX_LENGTH, find_fault
from tests.experience.phrases.source import sentences_of


def _listed(sentence: Sentence) -> Entry:
    return Entry(sentence.text, sentence.plural, sentence.context)


def test_every_sentence_has_one_key_and_every_key_a_sentence() -> None:
    expected = sentences_with_keys(
        translated=read_entries(Path(settings.BASE_DIR, "locale", "de", "LC_MESSAGES", "django.po")),
        of_pages=sentences_of(PAGES),
        of_messages=sentences_of(MESSAGES),
    )
    listed = [_listed(sentence) for sentence in SENTENCES.values()]
    assert sorted(expected - set(listed)) == [], "without a key: run `python -m config.catalogs`"
    assert sorted(set(listed) - expected) == [], "not said anywhere: run `python -m config.catalogs`"
    assert sorted(entry for entry in set(listed) if listed.count(entry) > 1) == []


def test_the_list_is_in_order_and_its_keys_are_of_the_contracts_sections() -> None:
    text = SOURCE.read_text()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    for key, sentence in SENTENCES.items():
        assert re.fullmatch(r"[a-z_]+\.[a-z][a-z0-9_]*", key), key
        assert sentence.section in SECTIONS, key


def test_no_two_phrases_share_a_key_in_any_language() -> None:
    """The form of a sentence in the plural is the end of its key."""
    for language in known_tags().values():
        keys = [key for key, _, _ in keys_of(language)]
        assert len(keys) == len(set(keys)), language.tag


def test_what_the_source_says_could_be_somebodys_own_words() -> None:
    for sentence in SENTENCES.values():
        assert find_fault(sentence, sentence.text) is None, sentence
        assert not sentence.plural or find_fault(sentence, sentence.plural) is None, sentence
        assert len(sentence.text) < MAX_LENGTH / 3


def test_no_sentence_with_markup_stands_in_an_attribute() -> None:
    """`blocktranslate` writes words as they are: inside an attribute a quotation mark would end it."""
    for path in (settings.BASE_DIR / "experience" / "templates").rglob("*.html"):
        assert not re.search(r"=[\"'][^\"'>]*{% blocktrans", path.read_text()), path
