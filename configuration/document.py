"""A configuration file is read: YAML without what makes YAML dangerous, within bounds, and with the line of everything.

Of YAML 1.2 (https://yaml.org/spec/1.2.2/, core schema) what JSON can say: no anchors and aliases, no tags, no second
document, no key twice. So `no` and `2024-01-01` are texts. JSON is YAML, and is read too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

from common.errors import AppError
from configuration.errors import Path, Problem, invalid_file

# Characters; the phrases of a language have 100 thousand at most.
MAX_LENGTH = 4_000_000
MAX_DEPTH = 24
MAX_NODES = 200_000

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,18}|\.[0-9]{1,18}|[0-9]{1,18})(?:[eE][-+]?[0-9]{1,2})?")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content, and on which line (from 1) each value of it stands."""

    content: dict[str, Any]
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int | None:
        """Return the line of a value, or of the nearest one around it."""
        return next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), None)


@dataclass(slots=True)
class _Open:
    """A list or an object that is being read; `key` is the next value's, `None` before it is read."""

    value: list[Any] | dict[str, Any]
    path: Path
    key: str | None = None
    seen: set[str] = field(default_factory=set)


def is_storable(text: str) -> bool:
    """Whether a column can hold a text: no null characters and no halves of characters, which escapes can write."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def plain_scalar(text: str) -> Any:
    """Return what an unquoted word is: null, true, false, a number or a text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def read_document(text: str) -> Document:
    """Return the content of a file, which is one object. Raises `configuration.invalid_file`."""
    if len(text) > MAX_LENGTH:
        raise invalid_file([Problem((), _("The file is too large."))])
    lines: dict[Path, int] = {}
    try:
        content = _build(yaml.parse(text, Loader=yaml.CSafeLoader), lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or _("This is not YAML.")
        raise invalid_file([Problem((), reason, mark.line + 1 if mark else None)]) from error
    if not isinstance(content, dict):
        raise invalid_file([Problem((), _("A configuration file is an object with sections."), 1)])
    return Document(content, lines)


def _build(events: Iterator[yaml.Event], lines: dict[Path, int]) -> Any:
    """One pass without recursion: whatever is refused is refused where it begins."""
    stack: list[_Open] = []
    result: Any = None
    documents = 0
    for count, event in enumerate(events):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if count > MAX_NODES:
            raise _refused((), _("The file has too many values."), line)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refused((), _("A file has one document."), line)
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused(_place(stack), _("Anchors and aliases are not supported."), line)
        elif getattr(event, "tag", None):
            raise _refused(_place(stack), _("Tags are not supported."), line)
        elif isinstance(event, yaml.CollectionEndEvent):
            finished = stack.pop()
            if not stack:
                result = finished.value
        elif isinstance(event, yaml.ScalarEvent):
            if not is_storable(event.value):
                raise _refused(_place(stack), _("Null characters are not allowed."), line)
            value = plain_scalar(event.value) if event.implicit[0] else event.value
            if stack and isinstance(stack[-1].value, dict) and stack[-1].key is None:
                _take_key(stack[-1], event.value, line)
            else:
                result = _put(stack, value, lines, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(stack) >= MAX_DEPTH:
                raise _refused(_place(stack), _("This is nested too deeply."), line)
            if stack and isinstance(stack[-1].value, dict) and stack[-1].key is None:
                raise _refused(stack[-1].path, _("A key is a text."), line)
            path = _place(stack)
            empty: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            _put(stack, empty, lines, line)
            stack.append(_Open(empty, path))
    return result


def _take_key(parent: _Open, key: str, line: int) -> None:
    if key in parent.seen:
        raise _refused((*parent.path, key), _("This key stands here twice."), line)
    parent.seen.add(key)
    parent.key = key


def _place(stack: list[_Open]) -> Path:
    """The path of the value that is read next."""
    if not stack:
        return ()
    parent = stack[-1]
    return (*parent.path, len(parent.value) if isinstance(parent.value, list) else parent.key or "")


def _put(stack: list[_Open], value: Any, lines: dict[Path, int], line: int) -> Any:
    lines[_place(stack)] = line
    if stack:
        parent = stack[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
        else:
            parent.value[parent.key or ""] = value
            parent.key = None
    return value


def _refused(path: Path, message: str, line: int) -> AppError:
    return invalid_file([Problem(path, message, line)])
