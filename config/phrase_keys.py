"""The step of `config.catalogs` that keeps the keys of phrases in line with the sentences of the source.

A new sentence gets a key made from its words, which is printed: give it a better one before it is released. The key of
a sentence that is gone goes too. What messages say, and errors of OAuth, which developers read, have no keys.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from common.errors import catalog
from experience.phrases.sentences import SOURCE, read_list

MESSAGES = ("connectors/",)
_DEVELOPERS = "oidc."

_FIELD = re.compile(r'^(msgctxt|msgid|msgid_plural) ((?:".*"\n)+)', re.MULTILINE)
_MAX_WORDS = 6
_ACTION_WORDS = 3


class Entry(NamedTuple):
    """A sentence of a catalog."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def value(self) -> str | dict[str, str]:
        """How the list of keys has it."""
        if self.plural:
            return {"one": self.text, "other": self.plural}
        return {"text": self.text, "context": self.context} if self.context else self.text


def read_entries(path: Path) -> set[Entry]:
    """Return the sentences of a catalog."""
    return set(_entries(path.read_text()))


def _entries(text: str) -> Iterator[Entry]:
    for block in text.split("\n\n"):
        fields = {name: "".join(map(ast.literal_eval, lines.splitlines())) for name, lines in _FIELD.findall(block)}
        if fields.get("msgid"):
            yield Entry(fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt", ""))


def sentences_with_keys(*, translated: set[Entry], of_pages: set[Entry], of_messages: set[Entry]) -> set[Entry]:
    """Return the sentences that need a key: those of the pages, and of the errors that people can read there."""
    for_developers = {str(spec.message) for code, spec in catalog().items() if code.startswith(_DEVELOPERS)}
    for_people = {str(spec.message) for code, spec in catalog().items() if not code.startswith(_DEVELOPERS)}
    others = {entry for entry in translated - of_messages if entry.text not in for_developers - for_people}
    return of_pages | others


def update_keys(sentences: Iterable[Entry]) -> list[str]:
    """Write the list for these sentences and return the new keys."""
    kept = {_frozen(value): key for key, value in read_list().items()}
    entries: dict[str, Any] = {}
    unnamed = []
    for entry in sentences:
        key = kept.get(_frozen(entry.value))
        if key:
            entries[key] = entry.value
        else:
            unnamed.append(entry)
    new = []
    for entry in sorted(unnamed):
        key = _free(_key_of(entry), entries)
        entries[key] = entry.value
        new.append(key)
    SOURCE.write_text(json.dumps(entries, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    return new


def _frozen(value: str | Mapping[str, str]) -> Any:
    return value if isinstance(value, str) else tuple(sorted(value.items()))


def _key_of(entry: Entry) -> str:
    words = re.findall(r"[a-z0-9]+", re.sub(r"<[^>]*>|%\(\w+\)s|\{\w+\}", "", entry.text).lower())
    if any(entry.text == str(spec.message) for spec in catalog().values()):
        section = "error"
    else:
        is_action = len(words) <= _ACTION_WORDS and entry.text[-1].isalpha()
        section = "action" if is_action else "description"
    return f"{section}.{'_'.join(words[:_MAX_WORDS])}"


def _free(key: str, taken: Mapping[str, Any]) -> str:
    number = 2
    name = key
    while name in taken:
        name, number = f"{key}_{number}", number + 1
    return name
