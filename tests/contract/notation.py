"""The notation of shapes in `operations.txt` and `shapes.txt`, and whether a JSON value has a shape.

s  n  b  null  any        string, number, boolean, null, anything
none                      no body
?X                        X or null
[X]                       a list of X
{a:X,b?:Y,*:Z,!}          an object: `a` is there, `b` may be, others are Z; `!` refuses others, else they are dropped
"a"  true                 that value
(X|Y)   X&Y               one of them, both of them
Name                      what `shapes.txt` says of it
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\w\-./:]*?[\w]+(?=\??:)|\w+|\S')
_KINDS: dict[str, type | tuple[type, ...]] = {"s": str, "b": bool, "n": (int, float), "null": type(None)}
WRONG = {"s": 7, "n": "seven", "b": "yes", "[": "no list", "{": "no object"}


@dataclass
class Shape:
    """A shape: `kind` is one of the words above, or `[`, `{`, `=`, `|`, `&`, `?`, `name`."""

    kind: str
    parts: list[Shape] = field(default_factory=list)
    members: dict[str, tuple[bool, Shape]] = field(default_factory=dict)
    others: Shape | None = None
    is_closed: bool = False
    value: Any = None


class Parser:
    """Reads one shape of a text."""

    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        self._at = 0

    def parse(self) -> Shape:
        shape = self._shape()
        assert self._at == len(self._tokens), f"rest: {self._tokens[self._at :]}"
        return shape

    def _take(self, expected: str | None = None) -> str:
        token = self._tokens[self._at]
        assert expected in (None, token), f"{token} instead of {expected}"
        self._at += 1
        return token

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _shape(self) -> Shape:
        shape = self._single()
        while self._next() == "&":
            self._take()
            shape = Shape("&", [shape, self._single()])
        return shape

    def _single(self) -> Shape:
        token = self._take()
        if token == "?":
            return Shape("?", [self._single()])
        if token == "[":
            item = self._shape()
            self._take("]")
            return Shape("[", [item])
        if token == "(":
            parts = [self._shape()]
            while self._take() == "|":
                parts.append(self._shape())
            return Shape("|", parts)
        if token == "{":
            return self._object()
        if token[0] == '"' or token in ("true", "false") or token.isdigit():
            return Shape("=", value=json.loads(token))
        return Shape(token) if token in {*_KINDS, "any", "none"} else Shape("name", value=token)

    def _object(self) -> Shape:
        shape = Shape("{")
        while self._next() != "}":
            name = self._take()
            if name == "!":
                shape.is_closed = True
            else:
                is_optional = self._next() == "?"
                if is_optional:
                    self._take()
                self._take(":")
                value = self._shape()
                if name == "*":
                    shape.others = value
                else:
                    shape.members[name.strip('"')] = (not is_optional, value)
            if self._next() == ",":
                self._take()
        self._take("}")
        return shape


def differences(shape: Shape, value: Any, names: dict[str, Shape], path: str = "") -> list[str]:
    """Return in what a value has not the shape, one line each: the place and what is wrong there."""
    match shape.kind:
        case "any":
            return []
        case "name":
            return differences(names[shape.value], value, names, path)
        case "?":
            return [] if value is None else differences(shape.parts[0], value, names, path)
        case "=":
            return [] if value == shape.value else [f"{path}: is not {shape.value!r}"]
        case "&":
            return [line for part in shape.parts for line in differences(part, value, names, path)]
        case "|":
            tried = [differences(part, value, names, path) for part in shape.parts]
            # One that names another kind is not the one that was meant.
            return min(
                tried, key=lambda lines: (any("is not" in line and "type" in line for line in lines), len(lines))
            )
        case "[":
            if not isinstance(value, list):
                return [f"{path}: is no list"]
            return sorted({line for item in value for line in differences(shape.parts[0], item, names, f"{path}[]")})
        case "{":
            return _of_object(shape, value, names, path)
    is_kind = isinstance(value, _KINDS[shape.kind]) and not (shape.kind == "n" and isinstance(value, bool))
    return [] if is_kind else [f"{path}: is no {shape.kind}"]


def _of_object(shape: Shape, value: Any, names: dict[str, Shape], path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: is no object"]
    lines = []
    for name, (is_required, member) in shape.members.items():
        if name in value:
            lines += differences(member, value[name], names, f"{path}.{name}")
        elif is_required:
            lines.append(f"{path}.{name}: is missing")
    for name in value.keys() - shape.members.keys():
        if shape.others is None:
            lines.append(f"{path}.{name}: is not declared")
        else:
            lines += differences(shape.others, value[name], names, f"{path}.*")
    return sorted(set(lines))
