"""What a caller may send: JSON and addresses within bounds.

JSON is bounded in depth, number of values and size of numbers, and has no text that a database cannot hold. The size of
a body is bounded before anything of it is read (`common.bodies`). What is unusual in a body is looked for in its bytes,
at the speed of C: only a body that may have it is looked through.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError

from common.errors import AppError

# The deepest document that an API here takes has 12 levels.
MAX_DEPTH = 64
# Members of objects and items of lists, counted together.
MAX_VALUES = 50_000
# What fits into a double, in which most programs keep a number (RFC 8259 section 6).
MAX_DIGITS = 308

# Of a query, in characters, and of a part of a path that names something.
MAX_QUERY = 8_192
MAX_PATH_PART = 512

_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ParseError(_("A number is too large."))
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ParseError(_("A number is too large."))
    return value


def _no_constant(name: str) -> Any:
    raise ParseError(_("%(name)s is no JSON.") % {"name": name})


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object. A name that is there twice means one thing to one program and another to the next (RFC 8259)."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ParseError(_("An object has two members of one name."))
    return members


_decoder = json.JSONDecoder(
    parse_int=_integer, parse_float=_number, parse_constant=_no_constant, object_pairs_hook=_members
)


def read_json(body: bytes) -> Any:
    """Return the JSON of a body in UTF-8 (RFC 8259). Raises REST framework's `ParseError` for what it is not, or is
    beyond a bound."""
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _depth(body) > MAX_DEPTH:
        raise ParseError(_("The JSON is nested too deeply."))
    try:
        value = _decoder.decode(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not written in UTF-8.")) from error
    except RecursionError as error:
        raise ParseError(_("The JSON is nested too deeply.")) from error
    except ValueError as error:
        raise ParseError(_("The body is no JSON: %(error)s") % {"error": str(error)[:200]}) from error
    # A value that is no first one stands behind a comma.
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES and _count(value) > MAX_VALUES:
        raise ParseError(_("The JSON has too many values."))
    if _ESCAPE.search(body) is not None:
        _refuse_unstorable_text(value)
    return value


def check_address(query: str, path_parts: Mapping[str, Any]) -> None:
    """Raises `guard.query_too_long`, and `entity.not_found` for a part of the path that can be nothing's id."""
    if len(query) > MAX_QUERY:
        raise AppError("guard.query_too_long")
    for part in path_parts.values():
        if isinstance(part, str) and (len(part) > MAX_PATH_PART or "\0" in part):
            raise AppError("entity.not_found")


_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


def _depth(body: bytes) -> int:
    """Return how deeply lists and objects are nested, also in a text that is no JSON."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _count(value: Any) -> int:
    """Return how many members and items there are in all."""
    if isinstance(value, dict):
        return len(value) + sum(_count(item) for item in value.values() if isinstance(item, dict | list))
    if isinstance(value, list):
        return len(value) + sum(_count(item) for item in value if isinstance(item, dict | list))
    return 0


def _refuse_unstorable_text(value: Any) -> None:
    """Refuse NUL, which PostgreSQL stores in no text, and halves of surrogate pairs, which UTF-8 has no form for."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ParseError(_("A text has a character that cannot be stored."))
    elif isinstance(value, dict):
        for name, member in value.items():
            _refuse_unstorable_text(name)
            _refuse_unstorable_text(member)
    elif isinstance(value, list):
        for item in value:
            _refuse_unstorable_text(item)
