"""The tree of phrases: a stable, dotted key for every sentence of the hosted pages.

`locale/phrases.json` is the one list, in alphabetical order: `"section.name": "what the source says"`. A sentence in
the plural is `{"one": …, "other": …}`, one with a context (`pgettext`) `{"text": …, "context": …}`. Tenants keep their
own words by these keys: once released, a key is not renamed. `python -m config.catalogs` adds what is missing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

SOURCE = Path(__file__).resolve().parents[2] / "locale" / "phrases.json"

# The contract's, in the order in which they are shown.
SECTIONS = (
    "action",
    "secondary",
    "input",
    "description",
    "error",
    "list",
    "mfa",
    "passkey_sign_in",
    "profile",
    "user_scopes",
    "account_center",
    "development_tenant",
)
# The forms that English has.
FORMS = ("one", "other")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is the English of the source; `plural` too, of one that depends on a number."""

    key: str
    text: str
    plural: str = ""
    context: str = ""

    @classmethod
    def read(cls, key: str, value: str | Mapping[str, str]) -> "Sentence":
        """Return an entry of the list."""
        if isinstance(value, str):
            return cls(key, value)
        if "one" in value:
            return cls(key, value["one"], plural=value["other"])
        return cls(key, value["text"], context=value["context"])

    @property
    def message_id(self) -> str:
        """What gettext looks for."""
        return f"{self.context}\x04{self.text}" if self.context else self.text

    @property
    def section(self) -> str:
        return self.key.partition(".")[0]


def read_list() -> dict[str, Any]:
    """Return the list as it stands in the file."""
    found: dict[str, Any] = json.loads(SOURCE.read_text())
    return found


SENTENCES: Mapping[str, Sentence] = MappingProxyType(
    {key: Sentence.read(key, value) for key, value in read_list().items()}
)


def form_key(sentence: Sentence, form: str) -> str:
    """Return the key of one form of a sentence in the plural (`mfa.trust_device_one`)."""
    return f"{sentence.key}_{form}"


def find_sentence(key: str, forms: tuple[str, ...]) -> tuple[Sentence, str] | None:
    """Return the sentence of a key, and which of the language's `forms` the key means; `None` if there is none."""
    if sentence := SENTENCES.get(key):
        return None if sentence.plural else (sentence, "")
    stem, _, form = key.rpartition("_")
    sentence = SENTENCES.get(stem)
    is_form = form in FORMS or form in forms
    return (sentence, form) if sentence is not None and sentence.plural and is_form else None
