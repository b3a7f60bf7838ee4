"""The operations of the contract: what `operations.txt` says of each, a line an operation, a heading a group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.contract.notation import Parser, Shape

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Operation:
    """An operation: `answers` are the shapes of its success by status; `pages` is "" without pagination, else
    `always` or `optional`."""

    group: str
    method: str
    path: str
    is_public: bool
    answers: dict[int, Shape]
    errors: frozenset[int]
    query: tuple[str, ...]
    pages: str
    has_search: bool
    body: Shape | None
    takes_file: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        """The names in its path, in order."""
        return re.findall(r"{(\w+)}", self.path)


@cache
def shapes() -> dict[str, Shape]:
    """Return the named shapes."""
    lines = (HERE / "shapes.txt").read_text().splitlines()
    return {name: Parser(text).parse() for name, text in (line.split(" = ", 1) for line in lines)}


@cache
def operations() -> tuple[Operation, ...]:
    """Return all operations, in the order of the file."""
    found, group = [], ""
    for line in (HERE / "operations.txt").read_text().splitlines():
        words = line.split("  ")
        if len(words) > 1:
            found.append(_operation(group, words))
        elif line:
            group = line
    return tuple(found)


def _operation(group: str, words: list[str]) -> Operation:
    method, path, *rest = words
    named = dict(word.split("=", 1) for word in rest if re.match(r"[\w]+=", word))
    return Operation(
        group=group,
        method=method,
        path=path,
        is_public="public" in rest,
        answers={int(status): Parser(text).parse() for status, text in named.items() if status.isdigit()},
        errors=frozenset(int(status) for status in named.get("errors", "").split(",") if status),
        query=tuple(name.rstrip("?") for name in named.get("query", "").split(",") if name),
        pages="always" if "pages" in rest else "optional" if "pages?" in rest else "",
        has_search="search" in rest,
        body=Parser(named["body"]).parse() if "body" in named else None,
        takes_file="files" in rest,
    )
