"""Advanced search: `search`, `search.<field>`, `mode`, `joint` and `isCaseSensitive` of a list's query.

A search becomes conditions of the ORM, whose values are always parameters. Patterns are bounded in length, a regular
expression also in what it may hold and in the time it may run.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import TypeVar, cast

from django.db import DataError, OperationalError, models, transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict

from common.email_addresses import normalize_email
from common.errors import AppError
from identity import searching
from identity.models import User
from management_api import lookups  # noqa: F401 - registers the lookups named here
from management_api.views import is_yes
from tenants.database.statements import fetch_value

M = TypeVar("M", bound=models.Model)

MAX_PATTERN_LENGTH = 256
MAX_EXPRESSION_LENGTH = 128
MAX_VALUES = 100
EXPRESSION_MILLISECONDS = 2000

_MODES = frozenset({"like", "exact", "similar_to", "posix"})
_JOINTS = {"or": or_, "and": and_}
_EXPRESSIONS = frozenset({"similar_to", "posix"})

# Back references and nested bounds are what makes PostgreSQL's matcher run away.
_RUNAWAY = re.compile(r"\\\d|\{\d{3,}|\{\d*,\d{3,}|[*+?}]\)?[*+{]")
_PART = re.compile(r"%[^%_\\\n]+%")
_SPECIAL = re.compile(r"([\\%_])")
_QUERY_CANCELLED = "57014"


@dataclass(frozen=True, slots=True)
class SearchFields:
    """What a list can be searched by: wire names with their columns.

    `index` is a column of users that holds the lower-case text of them all; it narrows a search before the columns
    decide, as `identity.searching` has it. `keys` are unique columns by which whole values are looked up, each with the
    function that gives a value's form in it.
    """

    columns: Mapping[str, str]
    index: str | None = None
    keys: Mapping[str, tuple[str, Callable[[str], str]]] = field(default_factory=dict)


USER_FIELDS = SearchFields(
    {
        "id": "id",
        "primaryEmail": "primary_email",
        "primaryPhone": "primary_phone",
        "username": "username",
        "name": "name",
    },
    index="search",
    keys={"primary_email": ("email_key", normalize_email), "primary_phone": ("primary_phone", str)},
)
NAMED_FIELDS = SearchFields({"id": "id", "name": "name", "description": "description"})


def _invalid(why: str) -> AppError:
    return AppError("request.invalid_input", data={}, details=why)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True, slots=True)
class _Match:
    """One condition: the columns that may fulfil it, and the values of which one must."""

    columns: tuple[str, ...]
    mode: str
    values: tuple[str, ...]
    is_case_sensitive: bool
    index: str | None
    # Of all columns, not of a named one.
    is_general: bool
    # The unique column that has these whole values.
    key: tuple[str, Callable[[str], str]] | None = None

    @property
    def narrows(self) -> bool:
        """Whether the indexed text can help: for plain texts with three letters in a row, as the index has them.

        It is lower-case by the rules of Unicode, the columns are compared by those of the database: beyond ASCII the
        two may differ.
        """
        return (
            self.index is not None
            and self.mode in ("like", "exact")
            and all(value.isascii() and searching.has_trigram(value) for value in self.values)
        )

    @property
    def is_part_of_any(self) -> bool:
        """Whether it is `%text%` in any column, whatever its case: then the indexed text alone decides.

        The columns stand in it line by line.
        """
        return (
            self.narrows
            and self.mode == "like"
            and self.is_general
            and not self.is_case_sensitive
            and all(_PART.fullmatch(value) for value in self.values)
        )

    def condition(self) -> Q:
        if self.is_part_of_any:
            return self._narrowed()
        alternatives = [self._column(column, value) for column in self.columns for value in self.values]
        condition = reduce(or_, alternatives)
        if self.key:
            column, form = self.key
            return condition & Q(**{f"{column}__in": [form(value) for value in self.values]})
        return condition & self._narrowed() if self.narrows else condition

    def _column(self, column: str, value: str) -> Q:
        lookup = {
            "like": "like" if self.is_case_sensitive else "ilike",
            "exact": "exact" if self.is_case_sensitive else "lower_exact",
            "similar_to": "similar_to",
            "posix": "regex" if self.is_case_sensitive else "iregex",
        }[self.mode]
        return Q(**{f"{column}__{lookup}": value})

    def _narrowed(self) -> Q:
        texts = (value if self.mode == "like" else _SPECIAL.sub(r"\\\1", value) for value in self.values)
        return reduce(or_, (Q(**{f"{self.index}__like": f"%{text.lower()}%"}) for text in texts))


@dataclass(frozen=True, slots=True)
class Search:
    """A parsed search."""

    matches: tuple[_Match, ...] = ()
    joint: str = "or"

    @property
    def has_expression(self) -> bool:
        """Whether a regular expression is among the conditions."""
        return any(match.mode in _EXPRESSIONS for match in self.matches)

    @property
    def uses_index(self) -> bool:
        """Whether an indexed text narrows the search."""
        narrows = any if self.joint == "and" else all
        return narrows(match.narrows for match in self.matches)

    def apply(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Return the rows that the search keeps."""
        if not self.matches:
            return rows
        condition = reduce(_JOINTS[self.joint], (match.condition() for match in self.matches))
        by_key = any if self.joint == "and" else all
        if self.matches[0].index is None or by_key(match.key for match in self.matches):
            return rows.filter(condition)
        [first, *others] = self.matches
        parts = [value[1:-1].lower() for value in first.values] if first.is_part_of_any and not others else []
        users = cast("QuerySet[User]", rows)
        return cast("QuerySet[M]", searching.search(users, condition, by_index=self.uses_index, parts=parts))


def _fields_of(query: QueryDict, prefix: str, fields: SearchFields) -> dict[str, list[str]]:
    """Return the values of `prefix` (under the empty name) and of every `prefix.<field>`."""
    found: dict[str, list[str]] = {}
    for key, values in query.lists():
        name, dot, wire_name = key.partition(".")
        if name != prefix:
            continue
        wire_name = _camel(wire_name)
        if dot and wire_name not in fields.columns:
            raise _invalid(f"{key} is not a field")
        found.setdefault(wire_name, []).extend(str(value) for value in values)
    return found


def _single(query: QueryDict, *names: str) -> str | None:
    values = [value for name in names for value in query.getlist(name)]
    if len(values) > 1:
        raise _invalid(f"{names[0]} is repeated")
    return str(values[0]) if values else None


def _assert_expression(mode: str, value: str, *, is_case_sensitive: bool) -> None:
    if mode == "similar_to" and not is_case_sensitive:
        raise _invalid("similar_to is case-sensitive")
    if len(value) > MAX_EXPRESSION_LENGTH or _RUNAWAY.search(value):
        raise _invalid("the expression is too complex")


def _assert_values(mode: str, values: list[str], *, is_case_sensitive: bool) -> None:
    if not all(values) or any("\x00" in value or len(value) > MAX_PATTERN_LENGTH for value in values):
        raise _invalid("a value is empty or too long")
    if len(values) > (MAX_VALUES if mode == "exact" else 1):
        raise _invalid("there are too many values")
    if mode in _EXPRESSIONS:
        _assert_expression(mode, values[0], is_case_sensitive=is_case_sensitive)
    if mode == "like" and (len(values[0]) - len(values[0].rstrip("\\"))) % 2:
        raise _invalid("the pattern ends with an escape")


def parse_search(query: QueryDict, fields: SearchFields) -> Search:
    """Read the search of a list's query; raises `request.invalid_input`."""
    wanted = _fields_of(query, "search", fields)
    modes = _fields_of(query, "mode", fields)
    joint = (_single(query, "joint", "jointMode") or "or").lower()
    is_case_sensitive = is_yes(_single(query, "isCaseSensitive"))
    if joint not in _JOINTS:
        raise _invalid("joint is or, and")
    if any(len(named) != 1 or named[0] not in _MODES for named in modes.values()):
        raise _invalid("mode is like, exact, similar_to, posix")
    matches = []
    for name, values in wanted.items():
        mode = (modes.get(name) or modes.get("") or ["like"])[0]
        _assert_values(mode, values, is_case_sensitive=is_case_sensitive)
        columns = (fields.columns[name],) if name else tuple(fields.columns.values())
        by_key = name and mode == "exact" and all(value.isascii() for value in values)
        key = fields.keys.get(columns[0]) if by_key else None
        matches.append(_Match(columns, mode, tuple(values), is_case_sensitive, fields.index, not name, key))
    return Search(tuple(matches), joint)


@contextmanager
def bounded(search: Search) -> Iterator[None]:
    """Apply a search and run its statements: a regular expression only for a while.

    An expression that is malformed or takes too long is `request.invalid_input`.
    """
    if not search.has_expression:
        yield
        return
    try:
        with transaction.atomic():
            fetch_value("SELECT set_config('statement_timeout', %s, true)", [str(EXPRESSION_MILLISECONDS)])
            yield
    except DataError as error:
        raise _invalid("the expression is malformed") from error
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != _QUERY_CANCELLED:
            raise
        raise _invalid("the expression takes too long") from error
