"""Hand-written statements of the hot paths, sent as prepared ones.

Django's cursors bind parameters into the text on the client, so PostgreSQL plans a statement again each time; under row
security, planning costs more than most of these statements take. The tenant's scope is followed as everywhere, and
Django counts, logs and wraps them as its own. Rows come as named tuples (see `named_rows`), JSON documents as values.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, cast

from django.db import DEFAULT_DB_ALIAS, connections

from tenants.database.base import DatabaseWrapper
from tenants.database.conflicts import run_again_on_conflict
from tenants.database.named_rows import R, Row
from tenants.database.prepared import Parameters, PreparedCursor

_to_json = json.JSONEncoder(default=str).encode


class NewRow(NamedTuple):
    """A row that is to be written in the same statement as others; build it with `new_row`."""

    table: str
    columns: tuple[str, ...]
    # Further columns, which hold documents; their parameters are the last, as texts.
    documents: tuple[str, ...]
    parameters: tuple[Any, ...]

    @property
    def words(self) -> tuple[str, str]:
        """What stands after `INSERT INTO`, and the places of the parameters."""
        return _words(self.table, self.columns, self.documents)


def new_row(table: str, *, json: Mapping[str, str] | None = None, **columns: Any) -> NewRow:
    """Return a row of a table; `json` are columns that hold a document, as text. Names are our own words."""
    documents = json or {}
    return NewRow(table, tuple(columns), tuple(documents), (*columns.values(), *documents.values()))


@cache
def _words(table: str, columns: tuple[str, ...], documents: tuple[str, ...]) -> tuple[str, str]:
    places = ["%s"] * len(columns) + ["%s::jsonb"] * len(documents)
    return f"{table} ({', '.join((*columns, *documents))})", ", ".join(places)


def _execute(sql: str, parameters: Parameters, shape: type[Row] = tuple, *, scoped: bool = True) -> PreparedCursor:
    wrapped = cast(DatabaseWrapper, connections[DEFAULT_DB_ALIAS]).prepared_cursor(shape, scoped=scoped)
    wrapped.execute(sql, parameters)
    return cast(PreparedCursor, wrapped.cursor)


def fetch_one(shape: type[R], sql: str, parameters: Parameters) -> R | None:
    """Return the first row as a named tuple, `None` if there is none."""
    rows = _execute(sql, parameters, shape).rows
    return rows[0] if rows else None


def fetch_all(shape: type[R], sql: str, parameters: Parameters) -> list[R]:
    """Return every row as a named tuple."""
    return _execute(sql, parameters, shape).rows


def fetch_values(sql: str, parameters: Parameters, *, scoped: bool = True) -> list[Any]:
    """Return the only column of every row.

    `scoped=False` is for tables that no tenant owns: the statement runs under whatever scope the connection has.
    """
    return [value for (value,) in _execute(sql, parameters, scoped=scoped).rows]


def fetch_value(sql: str, parameters: Parameters, *, scoped: bool = True) -> Any:
    """Return the only column of the first row, `None` if there is none."""
    return next(iter(fetch_values(sql, parameters, scoped=scoped)), None)


def fetch_columns(sql: str, parameters: Parameters) -> Row | None:
    """Return the first row as it is, for who knows the columns from a model: see `rows`."""
    rows = _execute(sql, parameters).rows
    return rows[0] if rows else None


def write(sql: str, parameters: Parameters) -> int:
    """Return how many rows a statement changed. Raises Django's `IntegrityError` and the like."""
    return _execute(sql, parameters).rowcount


def write_rows(rows: Sequence[NewRow], *, when: str = "", parameters: Sequence[Any] = (), result: str = "1") -> Any:
    """Write rows, all or none, in one statement that is its own transaction; return `result` of `when`.

    `when` is a condition in SQL: the body of a common table expression `done (…)` and of `fit`, from which rows follow.
    """
    parts = [when or "fit AS (SELECT 1)"]
    for number, row in enumerate(rows):
        target, places = row.words
        parts.append(f"row{number} AS (INSERT INTO {target} SELECT {places} FROM fit)")  # noqa: S608 - identifiers come from code
    statement = f"WITH {', '.join(parts)} SELECT {result} FROM {'done' if when else 'fit'}"  # noqa: S608 - identifiers come from code
    given = [*parameters, *chain.from_iterable(row.parameters for row in rows)]
    return run_again_on_conflict(lambda: fetch_value(statement, given))


def insert_rows(rows: Sequence[NewRow]) -> None:
    """Insert rows that have the same columns, all or none.

    They are one parameter, a document: to bind each value of each row costs several times as much, and a statement for
    each number of rows could not be prepared.
    """
    first = rows[0]
    names = ", ".join((*first.columns, *first.documents))
    source = f"json_populate_recordset(NULL::{first.table}, %s::json)"
    statement = f"INSERT INTO {first.table} ({names}) SELECT {names} FROM {source}"  # noqa: S608 - identifiers come from code
    write(statement, [f"[{','.join(map(_as_json, rows))}]"])


def _as_json(row: NewRow) -> str:
    values = dict(zip(row.columns, row.parameters, strict=False))
    held = row.parameters[len(row.columns) :]
    documents = [f', "{name}": {text}' for name, text in zip(row.documents, held, strict=True)]
    return f"{_to_json(values)[:-1]}{''.join(documents)}}}"
