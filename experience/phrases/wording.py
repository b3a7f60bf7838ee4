"""What a phrase may say: the places and the markup of its sentence, and no markup of its own.

Pages fill `%(name)s` and `{name}`; a phrase that lacks one, or has one that nobody fills, would break its page.
Everything else is text: a lone `%`, `{` or `&` is itself, and `<` and `>` are refused.
"""

import re
from collections.abc import Callable, Iterator
from html import escape

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from experience.phrases.sentences import Sentence

MAX_LENGTH = 1_000

_PERCENT_PLACE = re.compile(r"%\(\w+\)s")
_BRACE_PLACE = re.compile(r"\{\w+\}")
_TAG = re.compile(r"<[^<>]*>")
# Controls, marks that turn the direction of what follows, and half surrogate pairs.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff\ud800-\udfff]")


class Phrase(str):
    """A tenant's words as text: templates escape them even where the sentence of the source is trusted markup."""

    __slots__ = ()

    def __html__(self) -> SafeString:
        return SafeString(escape(str.__str__(self)))

    def __str__(self) -> str:
        # As they are: a lazy translation hands on the words, not a copy without this class.
        return self


class _WithoutPlaces(Phrase):
    """Words that nothing is put into, whatever percent signs they have."""

    __slots__ = ()

    def __mod__(self, _values: object) -> str:
        return self


def places_of(text: str) -> list[str]:
    """Return the places of a sentence, each once, in the order in which they stand."""
    return list(dict.fromkeys(_PERCENT_PLACE.findall(text) + _BRACE_PLACE.findall(text)))


def find_fault(sentence: Sentence, text: str) -> tuple[str, str | Promise] | None:
    """Return why the words cannot stand for the sentence, as a code and in words; `None` if they can."""
    if len(text) > MAX_LENGTH:
        return "max_length", _("This text is too long.")
    if _UNPRINTABLE.search(text):
        return "invalid_characters", _("This text has characters that cannot be shown.")
    if set(places_of(text)) != set(places_of(sentence.text)):
        wanted = ", ".join(places_of(sentence.text)) or "–"
        return "places", _("The placeholders have to be those of the sentence: %(places)s") % {"places": wanted}
    if not _has_markup_of(sentence.text, text):
        return "markup", _("The only markup is that of the sentence: the same tags, nested alike.")
    return None


def to_phrase(sentence: Sentence, text: str) -> Phrase:
    """Return words without a fault in the form that pages fill."""
    if _BRACE_PLACE.search(sentence.text):
        return Phrase(_outside(_BRACE_PLACE, _as_markup(text), lambda part: part.replace("{", "{{").replace("}", "}}")))
    if _TAG.search(sentence.text):
        text = _as_markup(text)
    if _PERCENT_PLACE.search(sentence.text):
        return Phrase(_outside(_PERCENT_PLACE, text, lambda part: part.replace("%", "%%")))
    return _WithoutPlaces(text)


def _as_markup(text: str) -> str:
    """Sentences with markup are put into pages as they are."""
    return _outside(_TAG, text, lambda part: escape(part, quote=False))


def _outside(kept: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    return "".join(part if kept.fullmatch(part) else change(part) for part in _parts(kept, text))


def _parts(kept: re.Pattern[str], text: str) -> Iterator[str]:
    end = 0
    for match in kept.finditer(text):
        yield text[end : match.start()]
        yield match[0]
        end = match.end()
    yield text[end:]


def _has_markup_of(sentence: str, text: str) -> bool:
    tags = _TAG.findall(text)
    if sorted(tags) != sorted(_TAG.findall(sentence)) or re.search("[<>]", _TAG.sub("", text)):
        return False
    opened: list[str] = []
    for tag in tags:
        name = tag.strip("</>").split(" ")[0]
        if not tag.startswith("</"):
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened
